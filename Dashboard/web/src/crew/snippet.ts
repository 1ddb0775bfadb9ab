import 'maplibre-gl/dist/maplibre-gl.css';
import { CityMap, webGlWorks } from '../map/cityMap';
import { api } from '../shared/api';
import { GRADE_KEYS } from '../shared/grades';
import { SegmentStates } from '../shared/segmentStates';

/** Draws a still map around a place; returns what takes it away. Without WebGL or network it stays empty. */
export async function showSnippet(container: HTMLElement, center: [number, number], segmentIndex: number | null): Promise<() => void> {
  if (!webGlWorks()) {
    container.hidden = true;
    return () => {};
  }
  try {
    const [tileJson, snapshot] = await Promise.all([api.tileJson(), api.mapState()]);
    const camera = { zoom: 15.6, longitude: center[0], latitude: center[1] };
    const city = new CityMap({ container, tileJson, camera, view: 'letters', shown: GRADE_KEYS, still: true }, { hover() {}, click() {}, moved() {} });
    await city.ready;
    const states = new SegmentStates(snapshot.bytes);
    city.show(states, () => states.serverNowMs);
    city.select(segmentIndex);
    return () => city.map.remove();
  } catch {
    container.hidden = true;
    return () => {};
  }
}
