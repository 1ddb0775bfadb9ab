import type {
  AreaOutlines, AreaPeriod, AreaReport, BoxAnswer, BoxCode, BoxEvent, BoxList, Candidates, Confirmation, Crew, DemoUser, Explanation, Health, Order, OrderDetails, Outcome, Plan, QuarantineDetail,
  MappingAdded, MappingList, MappingTrial, QuarantineFix, QuarantineMatch, QuarantinePage, ReleaseResult,
  SegmentDetails, SegmentList, Session, TileJson, Truck,
} from './contract';

/** An answer that was not 2xx. `detail` is one sentence for people. */
export class ApiError extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    readonly detail: string,
  ) {
    super(detail);
  }
}

/** The server could not be reached at all. */
export class NetworkError extends Error {}

const REQUEST_TIMEOUT_MS = 20_000;

/** A box is given 20 s to answer. */
const BOX_TIMEOUT_MS = 30_000;

async function request(method: string, path: string, body?: unknown, timeout = REQUEST_TIMEOUT_MS): Promise<Response> {
  let response: Response;
  try {
    response = await fetch(path, {
      method,
      credentials: 'same-origin',
      signal: AbortSignal.timeout(timeout),
      ...(body === undefined ? {} : { headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(body) }),
    });
  } catch {
    throw new NetworkError('CleanStreets cannot be reached just now.');
  }
  if (!response.ok) throw await errorOf(response);
  return response;
}

async function errorOf(response: Response): Promise<ApiError> {
  const problem = (await response.json().catch(() => ({}))) as { code?: string; detail?: string; title?: string };
  const detail = problem.detail ?? problem.title ?? `The server answered ${response.status}.`;
  return new ApiError(response.status, problem.code ?? 'unknown', detail);
}

async function get<T>(path: string): Promise<T> {
  return (await (await request('GET', path)).json()) as T;
}

export interface OrderEvent {
  readonly kind: 'accept' | 'start' | 'end' | 'cancel' | 'assign' | 'reopen';
  readonly outcome?: Outcome;
  readonly crewId?: string;
  readonly note?: string;
  readonly at?: string;
}

/** The dashboard's HTTP surface. Every call may throw ApiError or NetworkError. */
export const api = {
  session: () => get<Session>('/api/session'),
  login: async (user: string, password: string) =>
    (await (await request('POST', '/api/session', { user, password })).json()) as Session,
  logout: () => request('DELETE', '/api/session'),
  demoUsers: () => get<{ users: DemoUser[] }>('/api/session/demo'),
  tileJson: () => get<TileJson>('/api/map/tilejson'),
  mapState: async () => {
    const response = await request('GET', '/api/map/state');
    return { networkVersion: response.headers.get('X-Network-Version') ?? '', bytes: await response.arrayBuffer() };
  },
  segments: () => get<SegmentList>('/api/segments?limit=60000'),
  segment: (segmentId: string) => get<SegmentDetails>(`/api/segments/${encodeURIComponent(segmentId)}`),
  explanation: (segmentId: string, asOf: Date) => get<Explanation>(`/api/segments/${encodeURIComponent(segmentId)}/explanation?asOf=${asOf.toISOString()}`),
  orders: () => get<{ revision: number; orders: Order[] }>('/api/work-orders'),
  order: (orderId: string) => get<OrderDetails>(`/api/work-orders/${encodeURIComponent(orderId)}`),
  createOrder: async (segmentId: string, crewId?: string) =>
    (await (await request('POST', '/api/work-orders', { segmentId, ...(crewId ? { crewId } : {}) })).json()) as Order,
  orderEvent: async (orderId: string, uuid: string, event: OrderEvent) =>
    (await (await request('PUT', `/api/work-orders/${encodeURIComponent(orderId)}/events/${uuid}`, event)).json()) as Order,
  sendTruck: async (orderId: string, uuid: string, truckId: string): Promise<void> => {
    await request('PUT', `/api/work-orders/${encodeURIComponent(orderId)}/trucks/${uuid}`, { truckId });
  },
  candidates: () => get<Candidates>('/api/candidates?limit=50'),
  plan: () => get<Plan>('/api/plan'),
  setCapacity: async (capacity: number) => (await (await request('PUT', '/api/plan', { capacity })).json()) as Plan,
  crews: () => get<{ crews: Crew[] }>('/api/crews'),
  confirmations: () => get<{ confirmations: Confirmation[] }>('/api/confirmations'),
  confirm: (detectionId: string, segmentId: string, verdict: 'confirmed' | 'refused') =>
    request('POST', `/api/confirmations/${encodeURIComponent(detectionId)}`, { segmentId, verdict }),
  areas: (period: AreaPeriod) => get<AreaReport>(`/api/areas?period=${period}`),
  areasClosed: () => get<readonly AreaReport[]>('/api/areas/closed'),
  areaOutlines: () => get<AreaOutlines>('/api/areas/outlines'),
  areaTrucks: (area: string, period: AreaPeriod) => get<AreaReport>(`/api/areas/trucks?${new URLSearchParams({ area, period })}`),
  zone: async (zone: readonly (readonly [number, number])[], period: AreaPeriod) =>
    (await (await request('POST', '/api/areas/zone', { zone, period })).json()) as AreaReport,
  trucks: () => get<{ revision: number; trucks: Truck[] }>('/api/trucks'),
  boxes: () => get<BoxList>('/api/boxes'),
  boxEvents: (deviceId: string) => get<{ events: readonly BoxEvent[] }>(`/api/boxes/${encodeURIComponent(deviceId)}/events`),
  boxCodes: async (boxes: readonly { deviceId: string; truckId?: string }[]) => (await (await request('POST', '/api/boxes/codes', { boxes })).json()) as { codes: readonly BoxCode[] },
  assignBox: (deviceId: string, truckId: string | null) => request('PUT', `/api/boxes/${encodeURIComponent(deviceId)}/truck`, { truckId }),
  revokeBox: (deviceId: string) => request('POST', `/api/boxes/${encodeURIComponent(deviceId)}/revocation`),
  wipeBox: (deviceId: string) => request('POST', `/api/boxes/${encodeURIComponent(deviceId)}/wipe`),
  askBox: async (deviceId: string, method: 'status' | 'logs' | 'renew') => {
    const answer = (await (await request('POST', `/api/boxes/${encodeURIComponent(deviceId)}/requests`, { method }, BOX_TIMEOUT_MS)).json()) as BoxAnswer;
    if (answer.status !== 200) throw new ApiError(answer.status, 'box_refused', answer.body?.detail ?? `The box answered ${answer.status}.`);
    return answer;
  },
  health: () => get<Health>('/api/health'),
  quarantine: (filter: { reason: string; truckId: string; before?: string }) =>
    get<QuarantinePage>(`/api/quarantine?${new URLSearchParams({ reason: filter.reason, truckId: filter.truckId, before: filter.before ?? '' })}`),
  quarantined: (id: string) => get<QuarantineDetail>(`/api/quarantine/${encodeURIComponent(id)}`),
  mappings: () => get<MappingList>('/api/quarantine/mappings'),
  tryMapping: async (match: QuarantineMatch, fix: QuarantineFix) => (await (await request('POST', '/api/quarantine/mappings/try', { match, fix })).json()) as MappingTrial,
  keepMapping: async (match: QuarantineMatch, fix: QuarantineFix) => (await (await request('POST', '/api/quarantine/mappings', { match, fix })).json()) as MappingAdded,
  removeMapping: async (id: string) => void (await request('DELETE', `/api/quarantine/mappings/${encodeURIComponent(id)}`)),
  release: async (items: readonly string[], fix: QuarantineFix) =>
    (await (await request('POST', '/api/quarantine/release', { items, fix })).json()) as { decisionId: string; results: ReleaseResult[] },
};

/** One sentence for people about anything that was thrown. */
export function sentenceOf(error: unknown): string {
  if (error instanceof ApiError) return error.detail;
  return error instanceof Error ? error.message : String(error);
}

/** Sends the browser to the login page when the session has gone; true when it did. */
export function goToLoginOn(error: unknown): boolean {
  if (!(error instanceof ApiError) || error.status !== 401) return false;
  location.assign(`/login?next=${encodeURIComponent(location.pathname + location.search + location.hash)}`);
  return true;
}
