import { kindWords } from '../shared/format';

/** Why the listener closes a connection, said of the device at the other end. Tags are the names of MQTT 5.0's reason codes. */
const WORDS: Record<string, string> = {
  packet_too_large: 'sent a message larger than the server accepts',
  malformed_packet: 'sent bytes that are not valid MQTT',
  protocol_error: 'broke a rule of MQTT',
  keep_alive_timeout: 'fell silent for longer than it had promised',
  receive_maximum_exceeded: 'sent more messages at once than the server allows',
  topic_alias_invalid: 'used a topic abbreviation that was never agreed',
  topic_name_invalid: 'published to a topic that is not allowed',
  topic_filter_invalid: 'subscribed to a topic that is not allowed',
  unsupported_protocol_version: 'speaks a version of MQTT that the server does not',
  client_identifier_not_valid: 'gave a name that the server does not accept',
  bad_user_name_or_password: 'gave a wrong user name or password',
  bad_authentication_method: 'asked to log in by a method that the server does not support',
  not_authorized: 'did something that it has no right to',
  quota_exceeded: 'reached a limit: it reads too slowly, or too many sessions are open',
};

export interface Cut {
  readonly reason: string;
  readonly words: string;
  readonly howMany: number;
}

/** Most frequent first; a reason without words of its own is named by its tag, so that none is ever hidden. */
export function rankedCuts(cuts: Readonly<Record<string, number>> | undefined): Cut[] {
  return Object.entries(cuts ?? {})
    .filter(([, howMany]) => howMany > 0)
    .map(([reason, howMany]) => ({ reason, words: Object.hasOwn(WORDS, reason) ? WORDS[reason]! : kindWords(reason), howMany }))
    .sort((a, b) => b.howMany - a.howMany || a.reason.localeCompare(b.reason));
}
