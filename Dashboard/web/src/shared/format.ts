const MINUTE = 60;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** "just now", "4 min", "3 h", "2 d": how long something lasted or how old it is. */
export function duration(seconds: number): string {
  const whole = Math.max(0, Math.floor(seconds));
  if (whole < MINUTE) return `${whole} s`;
  if (whole < HOUR) return `${Math.floor(whole / MINUTE)} min`;
  if (whole < 2 * DAY) return `${Math.floor(whole / HOUR)} h`;
  return `${Math.floor(whole / DAY)} d`;
}

/** "just now", "4 min ago"; a time in the future, from a clock that runs ahead, is just now. */
export function ago(seconds: number): string {
  return seconds < 10 ? 'just now' : `${duration(seconds)} ago`;
}

/** Age in seconds of an ISO time; null when there is none. */
export function ageSeconds(iso: string | null | undefined, nowMs: number): number | null {
  if (!iso) return null;
  const at = Date.parse(iso);
  return Number.isNaN(at) ? null : Math.max(0, (nowMs - at) / 1000);
}

export function agoOf(iso: string | null | undefined, nowMs: number): string {
  const age = ageSeconds(iso, nowMs);
  return age === null ? 'never' : ago(age);
}

const clock = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit' });
const day = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short' });

/** "14:03" today, "21 Nov 14:03" on another day, in the viewer's time zone. */
export function when(iso: string | null | undefined, nowMs: number): string {
  if (!iso) return '–';
  const at = new Date(iso);
  if (Number.isNaN(at.getTime())) return '–';
  const time = clock.format(at);
  return at.toDateString() === new Date(nowMs).toDateString() ? time : `${day.format(at)} ${time}`;
}

const grouped = new Intl.NumberFormat('en-GB');

/** 12,345. */
export function count(value: number): string {
  return grouped.format(value);
}

/** 0.874 → "87 %"; a share that is not all never reads 100 %, and one that is something never 0 %. */
export function percent(share: number): string {
  const rounded = Math.round(share * 100);
  if (rounded === 100 && share < 1) return '99 %';
  if (rounded === 0 && share > 0) return '<1 %';
  return `${rounded} %`;
}

/** An index with one decimal, cut and not rounded: 2.96 is a C and must not read 3.0, where D begins. */
export function indexText(index: number): string {
  return (Math.floor(index * 10 + 1e-9) / 10).toFixed(1);
}

export function metres(value: number): string {
  return value < 1000 ? `${Math.round(value)} m` : `${(value / 1000).toFixed(1)} km`;
}

export function bytes(value: number): string {
  const units = ['B', 'KB', 'MB', 'GB', 'TB'];
  let rest = value;
  let unit = 0;
  while (rest >= 1000 && unit < units.length - 1) {
    rest /= 1000;
    unit++;
  }
  return `${unit === 0 ? rest : rest.toFixed(1)} ${units[unit]}`;
}

/** "bulky_item" → "bulky item": kinds are an open list, so there is no table of names. */
export function kindWords(kind: string): string {
  return kind.replaceAll('_', ' ');
}

/** "bulky_item" + 2 → "2 bulky items". */
export function countedKind(kind: string, howMany: number): string {
  const words = kindWords(kind);
  const uncountable = words.endsWith('litter') || words.endsWith('s');
  return `${howMany} ${howMany === 1 || uncountable ? words : `${words}s`}`;
}

export function plural(howMany: number, one: string, many = `${one}s`): string {
  return `${count(howMany)} ${howMany === 1 ? one : many}`;
}

/** Metres between two places on the sphere; good to half a percent. */
export function distanceMetres(a: { latitude: number; longitude: number }, b: { latitude: number; longitude: number }): number {
  const radians = Math.PI / 180;
  const dLat = (b.latitude - a.latitude) * radians;
  const dLon = (b.longitude - a.longitude) * radians;
  const h = Math.sin(dLat / 2) ** 2 + Math.cos(a.latitude * radians) * Math.cos(b.latitude * radians) * Math.sin(dLon / 2) ** 2;
  return 2 * 6_371_008.8 * Math.asin(Math.min(1, Math.sqrt(h)));
}
