import type { ExpressionSpecification, LayerSpecification, StyleSpecification } from 'maplibre-gl';
import type { TileJson } from '../shared/contract';
import { GRADES, GRADE_KEYS, MAP_BACKGROUND, NOT_SEEN_COLOUR, type GradeKey } from '../shared/grades';

export const SOURCE = 'streets';
export const SOURCE_LAYER = 'segments';
export const ORDERS = 'orders';
export const SEGMENT_LAYER = 'segments-hit';

export type MapView = 'letters' | 'lasan';

/** LASAN's three grades in colours of the same scale: best, middle, worst. */
export const LASAN_COLOURS = [GRADES[0]!.colour, GRADES[2]!.colour, GRADES[4]!.colour] as const;

const DIMMED = 0.05;

// 1 px at z11 to 6 px at z16, as wide as the street beyond.
const width = (extra: number): ExpressionSpecification => [
  'interpolate', ['exponential', 1.4], ['zoom'], 10, 1 + extra, 13, 2 + extra, 14.5, 3.4 + extra, 16, 6 + extra, 19, 22 + extra,
];

const state = (name: string): ExpressionSpecification => ['feature-state', name];
const grade: ExpressionSpecification = ['number', state('grade'), -1];
const lasan: ExpressionSpecification = ['number', state('lasan'), 0];

/** The colour of a segment in a view; only seen segments are ever coloured. */
export function colourExpression(view: MapView): ExpressionSpecification {
  if (view === 'lasan') {
    return ['match', lasan, 1, LASAN_COLOURS[0], 2, LASAN_COLOURS[1], 3, LASAN_COLOURS[2], NOT_SEEN_COLOUR];
  }
  return ['match', grade, 0, GRADES[0]!.colour, 1, GRADES[1]!.colour, 2, GRADES[2]!.colour, 3, GRADES[3]!.colour, 4, GRADES[4]!.colour,
    NOT_SEEN_COLOUR];
}

/** Faded by the age of its evidence, and nearly gone while the legend hides its grade. Not seen: not drawn here. */
export function seenOpacity(shown: readonly GradeKey[]): ExpressionSpecification {
  const perGrade = GRADES.flatMap((style, index) => [index, shown.includes(style.letter) ? 1 : DIMMED]);
  return ['*', ['number', state('fade'), 1], ['match', grade, ...perGrade, 0]] as unknown as ExpressionSpecification;
}

/** The dashes of the streets that nobody has seen; a seen street hides them. */
export function notSeenOpacity(shown: readonly GradeKey[]): ExpressionSpecification {
  return ['case', ['>=', grade, 0], 0, shown.includes('none') ? 0.85 : 0.12];
}

const lines = (id: string, paint: object, minzoom?: number): LayerSpecification => ({
  id, type: 'line', source: SOURCE, 'source-layer': SOURCE_LAYER, ...(minzoom ? { minzoom } : {}),
  layout: { 'line-cap': 'round', 'line-join': 'round' }, paint,
}) as LayerSpecification;

/**
 * The whole map from our own tiles: background, casing, dashes for not seen, colour for seen, names. No glyph files:
 * without a `glyphs` address MapLibre draws the letters with the browser's own fonts.
 */
export function cityStyle(tileJson: TileJson, origin: string, view: MapView, shown: readonly GradeKey[] = GRADE_KEYS): StyleSpecification {
  return {
    version: 8,
    sources: {
      [SOURCE]: {
        type: 'vector', tiles: tileJson.tiles.map((tile) => origin + tile), bounds: tileJson.bounds,
        minzoom: tileJson.minzoom, maxzoom: tileJson.maxzoom,
      },
      [ORDERS]: { type: 'geojson', data: { type: 'FeatureCollection', features: [] } },
    },
    layers: [
      { id: 'background', type: 'background', paint: { 'background-color': MAP_BACKGROUND } },
      lines('segments-casing', { 'line-color': '#0e1114', 'line-width': width(3) }, 12.5),
      lines('segments-bed', { 'line-color': '#2c333b', 'line-width': width(0) }),
      lines('segments-halo', {
        // A ring beside the street and not a band under it: faded colours would let the white through.
        'line-color': '#ffffff', 'line-gap-width': width(0.5), 'line-width': 3, 'line-blur': 0.8,
        'line-opacity': ['case', ['boolean', state('selected'), false], 0.95, ['boolean', state('hover'), false], 0.5,
          ['boolean', state('flash'), false], 0.45, 0],
      }),
      {
        id: 'segments-not-seen', type: 'line', source: SOURCE, 'source-layer': SOURCE_LAYER,
        paint: { 'line-color': NOT_SEEN_COLOUR, 'line-width': width(-0.6), 'line-dasharray': [1.6, 1.8], 'line-opacity': notSeenOpacity(shown) },
      },
      lines('segments-seen', { 'line-color': colourExpression(view), 'line-width': width(0), 'line-opacity': seenOpacity(shown) }),
      {
        // Dark gaps over the colour: a score whose interval is wide looks as uncertain as it is.
        id: 'segments-uncertain', type: 'line', source: SOURCE, 'source-layer': SOURCE_LAYER, minzoom: 13,
        paint: {
          'line-color': MAP_BACKGROUND, 'line-width': width(0.6), 'line-dasharray': [0.4, 2.8],
          'line-opacity': ['case', ['boolean', state('uncertain'), false], 0.85, 0],
        },
      },
      // Wide and invisible: a street can be hit by a finger.
      lines(SEGMENT_LAYER, { 'line-color': '#000000', 'line-opacity': 0, 'line-width': width(14) }),
      {
        id: 'segments-names', type: 'symbol', source: SOURCE, 'source-layer': SOURCE_LAYER, minzoom: 13.5, filter: ['has', 'name'],
        layout: {
          'symbol-placement': 'line', 'text-field': ['get', 'name'], 'text-font': ['system-ui', 'sans-serif'],
          'text-size': ['interpolate', ['linear'], ['zoom'], 13.5, 10.5, 17, 14], 'symbol-spacing': 420, 'text-padding': 18,
          'text-max-angle': 30, 'text-letter-spacing': 0.02,
        },
        paint: { 'text-color': '#dfe6ee', 'text-halo-color': 'rgba(14,17,20,0.92)', 'text-halo-width': 1.6 },
      },
      {
        id: 'orders', type: 'circle', source: ORDERS, minzoom: 11,
        paint: {
          'circle-radius': ['interpolate', ['linear'], ['zoom'], 11, 3, 14, 5, 17, 8],
          'circle-color': ['match', ['get', 'tone'], 'wait', '#f3c969', '#6a58e8'],
          'circle-stroke-color': '#ffffff', 'circle-stroke-width': 1.6,
        },
      },
    ],
  };
}
