import { GRADE_KEYS, type GradeKey } from './grades';

/** What a deep link restores. Everything at its default is left out of the hash. */
export interface UrlState {
  readonly camera: { readonly zoom: number; readonly latitude: number; readonly longitude: number } | null;
  /** The open segment's lasting id. */
  readonly segment: string | null;
  /** Shown grades; null shows all. */
  readonly show: readonly GradeKey[] | null;
  readonly view: 'letters' | 'lasan';
  readonly list: 'orders' | 'candidates' | 'streets';
}

export const DEFAULT_URL_STATE: UrlState = { camera: null, segment: null, show: null, view: 'letters', list: 'orders' };

const CODE: Record<GradeKey, string> = { A: 'A', B: 'B', C: 'C', D: 'D', E: 'E', none: '-' };

/** Reads `#map=15.2/37.81/-122.29&segment=…&show=DE&view=lasan&list=candidates`; whatever is malformed is ignored. */
export function readUrlState(hash: string): UrlState {
  const params = new URLSearchParams(hash.replace(/^#/, ''));
  const segment = params.get('segment');
  const list = params.get('list');
  return {
    camera: readCamera(params.get('map')),
    segment: segment !== null && /^(?!\.{1,2}$)[A-Za-z0-9._-]{1,64}$/.test(segment) ? segment : null,
    show: readShow(params.get('show')),
    view: params.get('view') === 'lasan' ? 'lasan' : 'letters',
    list: list === 'candidates' || list === 'streets' ? list : 'orders',
  };
}

/** The hash of a state, with its `#`; empty when everything is at its default. */
export function writeUrlState(state: UrlState): string {
  const parts: string[] = [];
  if (state.camera) {
    const { zoom, latitude, longitude } = state.camera;
    parts.push(`map=${zoom.toFixed(2)}/${latitude.toFixed(5)}/${longitude.toFixed(5)}`);
  }
  if (state.segment) parts.push(`segment=${encodeURIComponent(state.segment)}`);
  if (state.show && state.show.length < GRADE_KEYS.length) parts.push(`show=${state.show.map((key) => CODE[key]).join('')}`);
  if (state.view !== 'letters') parts.push(`view=${state.view}`);
  if (state.list !== 'orders') parts.push(`list=${state.list}`);
  return parts.length === 0 ? '' : `#${parts.join('&')}`;
}

function readCamera(text: string | null): UrlState['camera'] {
  const parts = text?.split('/').map(Number) ?? [];
  const [zoom, latitude, longitude] = parts;
  if (parts.length !== 3 || zoom === undefined || latitude === undefined || longitude === undefined) return null;
  const sane = zoom >= 0 && zoom <= 24 && Math.abs(latitude) <= 85 && Math.abs(longitude) <= 180;
  return sane ? { zoom, latitude, longitude } : null;
}

function readShow(text: string | null): readonly GradeKey[] | null {
  if (text === null) return null;
  const shown = GRADE_KEYS.filter((key) => text.includes(CODE[key]));
  return shown.length === GRADE_KEYS.length ? null : shown;
}
