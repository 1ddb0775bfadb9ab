import { ApiError, NetworkError, sentenceOf } from '../shared/api';
import type { SendResult } from './outbox';

/** What a failed attempt means for the event: only the server's own "no" is final. */
export function resultOf(error: unknown): SendResult {
  if (error instanceof NetworkError) return { kind: 'later' };
  if (!(error instanceof ApiError) || error.status >= 500 || error.status === 408 || error.status === 429) return { kind: 'later' };
  return error.status === 401 ? { kind: 'signIn' } : { kind: 'refused', reason: sentenceOf(error) };
}
