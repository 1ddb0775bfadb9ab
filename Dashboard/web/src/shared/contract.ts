/** What the dashboard's HTTP surface answers. Optional members are absent, never null. */

export type Role = 'admin' | 'dispatcher' | 'crew' | 'viewer';

export interface Session {
  readonly user: string;
  readonly role: Role;
  readonly crewId?: string;
}

export interface DemoUser {
  readonly user: string;
  readonly password: string;
  readonly role: string;
}

export interface TileJson {
  readonly tiles: string[];
  readonly minzoom: number;
  readonly maxzoom: number;
  readonly bounds: [number, number, number, number];
  readonly center?: [number, number, number];
  readonly networkVersion: string;
  readonly segments: number;
}

export interface SegmentRow {
  readonly segmentId: string;
  readonly segmentIndex: number;
  readonly name?: string;
  /** Which block of the street, by the streets that cross it. */
  readonly block?: string;
  readonly class?: string;
  readonly lengthMetres: number;
  readonly state: 'seen' | 'not_seen';
  readonly letter?: string;
  readonly index?: number;
  readonly low?: number;
  readonly high?: number;
  readonly coverage?: number;
  readonly observedAt?: string;
  readonly sampleSize?: number;
  readonly pendingConfirmations?: number;
  readonly orderId?: string;
  readonly orderState?: string;
  readonly center: [number, number];
}

export interface SegmentList {
  readonly networkVersion: string;
  readonly total: number;
  readonly segments: SegmentRow[];
}

export interface SideScore {
  readonly state: string;
  readonly grade?: string;
  readonly index?: number;
  readonly low?: number;
  readonly high?: number;
  readonly sampleSize?: number;
}

export interface SegmentScore {
  readonly method: string;
  readonly asOf: string;
  readonly state: string;
  readonly grade?: string;
  readonly index?: number;
  readonly low?: number;
  readonly high?: number;
  readonly probabilities?: Record<string, number>;
  readonly coverage: number;
  readonly newestObservationAt?: string;
  readonly sampleSize: number;
  readonly sides?: { readonly left?: SideScore; readonly right?: SideScore };
  readonly views?: Record<string, { readonly grade: number }>;
  readonly pendingConfirmations?: number;
}

export interface ScorePoint {
  readonly asOf: string;
  readonly index: number;
  readonly low: number;
  readonly high: number;
}

export interface Pass {
  readonly truckId?: string;
  readonly enteredAt: string;
  readonly forward: boolean;
  readonly coverage: number;
  readonly counts: Record<string, number>;
  readonly light?: string;
  /** Version of the detector that looked. */
  readonly modelVersion?: string;
  readonly letter?: string;
  readonly index?: number;
  /** Work order that brought the truck: such a pass verifies, and is no part of a period index. */
  readonly orderId?: string;
  /** A later view of the same truck stands for this one. */
  readonly repeated?: boolean;
}

export interface Category {
  readonly category: string;
  readonly kinds: string[];
  readonly weightedCount: number;
  readonly weightedExposureSquareMetres: number;
  readonly ratePer100SquareMetres: number;
  readonly index: number;
  readonly halfLifeHours: number;
  readonly decides: boolean;
}

export interface EvidenceShare {
  readonly category: string;
  readonly weight: number;
  readonly pieces: number;
  readonly squareMetres: number;
}

export interface EvidencePass {
  readonly truckId?: string;
  readonly enteredAt: string;
  readonly arrivedAt?: string;
  readonly arrivedLater: boolean;
  readonly setAside: boolean;
  readonly newView: number;
  readonly counts: Record<string, number>;
  readonly shares: EvidenceShare[];
}

export interface CategoryArithmetic {
  readonly category: string;
  readonly pieces: number;
  readonly squareMetres: number;
  readonly priorPieces: number;
  readonly priorMean: number;
  readonly mean: number;
  readonly index: number;
}

/** Why a street has, or had at a moment, its grade. */
export interface Explanation {
  readonly score: SegmentScore;
  readonly letter?: string;
  readonly sentences: string[];
  readonly categories: Category[];
  readonly arithmetic?: {
    readonly overdispersion: number;
    readonly categories: CategoryArithmetic[];
    readonly dumpingFloor?: number;
    readonly index?: number;
    readonly passes: EvidencePass[];
  };
  /** Versions of the detector that looked at the street, the first one first; of all passes held, not of the last ones alone. */
  readonly detectors?: { readonly version: string; readonly since: string }[];
  readonly arrivedLater?: { readonly passes: number; readonly cleanings: number; readonly letter?: string; readonly index?: number };
}

/** How many things the newer of two detector versions finds for one of the older. */
export interface DetectorBridge {
  readonly older: string;
  readonly newer: string;
  readonly onSameFrames: boolean;
  readonly kinds: readonly { readonly kind: string; readonly factor?: number; readonly low?: number; readonly high?: number; readonly places: number; readonly olderCount: number; readonly newerCount: number }[];
}

/** What the city's numbers were made with. */
export interface Measure {
  readonly methods: readonly { readonly method: string; readonly since?: string }[];
  readonly detectors: { readonly bridges: readonly DetectorBridge[] };
}

export interface SegmentDetails {
  readonly segment: SegmentRow;
  readonly geometry: [number, number][];
  readonly score?: SegmentScore;
  readonly history?: ScorePoint[];
  readonly passes?: Pass[];
  readonly explanation?: Explanation;
  readonly measure?: Measure;
  readonly orders?: Order[];
  readonly candidate?: Candidate;
  readonly problems?: string[];
}

export type Outcome = 'collected' | 'gone_on_arrival' | 'blocked' | 'no_access' | 'unsafe' | 'referred';

export interface Order {
  readonly orderId: string;
  readonly segmentId: string;
  readonly segmentIndex?: number;
  readonly segmentName?: string;
  /** Which block of the street, by the streets that cross it. */
  readonly block?: string;
  readonly center?: [number, number];
  /** Known words are in orderStates.ts; an unknown one is shown as text. */
  readonly state: string;
  readonly crewId?: string;
  readonly outcome?: Outcome;
  /** How often evidence of the same dirt opened it again. */
  readonly timesReopened?: number;
  readonly reason?: string;
  readonly letterThen?: string;
  readonly indexThen?: number;
  readonly letterNow?: string;
  readonly indexNow?: number;
  readonly note?: string;
  readonly createdAt: string;
  readonly createdBy?: string;
  readonly changedAt: string;
  readonly doneAt?: string;
  readonly verifiedAt?: string;
  readonly verifiedBy?: string;
  /** What a done order waits for, in a sentence. */
  readonly waiting?: string;
  readonly actions?: string[];
}

export interface OrderDetails extends Order {
  readonly events?: { readonly eventId: string; readonly kind: string; readonly at: string; readonly by?: string; readonly text: string }[];
}

export interface Candidate {
  readonly segmentId: string;
  readonly segmentIndex?: number;
  readonly segmentName?: string;
  /** Which block of the street, by the streets that cross it. */
  readonly block?: string;
  readonly center?: [number, number];
  readonly letter?: string;
  readonly index?: number;
  readonly rank: number;
  readonly benefit: number;
  readonly reason?: string;
  readonly inPlan?: boolean;
}

export interface Candidates {
  readonly day: string;
  readonly capacity: number;
  readonly used: number;
  readonly candidates: Candidate[];
}

export interface Plan {
  readonly day: string;
  readonly capacity: number;
  readonly used: number;
}

export interface Crew {
  readonly crewId: string;
  readonly name: string;
}

export interface Confirmation {
  readonly detectionId: string;
  /** Where its picture is; absent while there is none. */
  readonly picture?: string;
  readonly segmentId: string;
  readonly segmentName?: string;
  /** Which block of the street, by the streets that cross it. */
  readonly block?: string;
  readonly kind: string;
  readonly side: string;
  readonly seenAt: string;
  readonly truckId: string;
  readonly confidence?: number;
}

export interface Truck {
  readonly truckId: string;
  readonly state: 'init' | 'ready' | 'disconnected' | 'sleeping' | 'lost';
  readonly at: string;
  readonly position?: {
    readonly latitude: number;
    readonly longitude: number;
    readonly headingDegrees?: number;
    readonly speedMetresPerSecond?: number;
  };
  readonly spoolReadings?: number;
  readonly spoolOldestAt?: string;
  readonly simulated?: boolean;
  readonly agentVersion?: string;
  readonly deviceId?: string;
  readonly camera?: {
    readonly cameraId: string;
    readonly coverage: number;
    readonly framesPerSecond: number;
    /** Words of the agent: unplugged, frozen, dark, dirty, moved. Empty: it sees well. */
    readonly faults: readonly string[];
    /** Absent: nobody accepted how it is measured, or somebody changed that by hand since. */
    readonly acceptance?: { readonly acceptedAt: string; readonly heightMetres: number; readonly pitchDegrees: number; readonly openPoints: readonly string[] };
  };
  readonly health?: {
    readonly positionState: 'silent' | 'no_fix' | 'stale' | 'fix';
    readonly clockFromGnss?: boolean;
    readonly readingsDropped?: number;
    readonly diskFreeBytes?: number;
    readonly temperatureCelsius?: number;
    readonly certificateEndsAt?: string;
  };
  readonly settings?: { readonly refused?: string };
  readonly upgrade?: { readonly program: ReleaseStatus; readonly model: ReleaseStatus };
}

/** How the upgrade of a truck's program or model stands. */
export interface ReleaseStatus {
  readonly state: 'current' | 'waiting' | 'downloading' | 'ready' | 'trial' | 'confirmed' | 'refused' | 'rolled_back';
  readonly offered?: string;
  readonly detail?: string;
}

export interface Box {
  readonly deviceId: string;
  readonly state: 'expected' | 'enrolled' | 'expired' | 'revoked' | 'wiped';
  readonly truckId?: string;
  readonly expectedTruckId?: string;
  readonly assignedFrom?: string;
  readonly certificateEndsAt?: string;
  readonly codeEndsAt?: string;
  readonly wipeWanted: boolean;
  readonly history: readonly { readonly truckId: string; readonly from: string; readonly to?: string }[];
  readonly status?: Truck;
}

export interface BoxList {
  readonly fingerprint: string;
  readonly hasDoor: boolean;
  readonly boxes: readonly Box[];
}

export interface BoxCode {
  readonly deviceId: string;
  readonly truckId?: string;
  readonly code: string;
  readonly endsAt: string;
}

export interface BoxEvent {
  readonly at: string;
  readonly who: string;
  readonly what: string;
}

export interface BoxAnswer {
  readonly status: number;
  readonly body?: { readonly text?: string; readonly detail?: string };
}

export interface IngestLink {
  readonly state: 'live' | 'stale' | 'away';
  readonly since?: string;
  readonly detail?: string;
  readonly lastHeardAt?: string;
}

export interface QuarantinedItem {
  readonly receivedAt: string;
  readonly reason: string;
  readonly message: string;
  readonly truckId?: string;
  readonly sessionId?: string;
  readonly sequence?: number;
  readonly payloadPreview: string;
}

/** One message or reading in the quarantine list. */
export interface QuarantineListItem {
  readonly id: string;
  readonly receivedAt: string;
  readonly reason: string;
  readonly message: string;
  readonly truckId?: string;
  readonly sessionId?: string;
  readonly sequence?: number;
  readonly bytes: number;
  readonly releasedBy?: string;
  readonly releasedAt?: string;
}

export interface QuarantinePage {
  readonly counts: { readonly reason: string; readonly message: string; readonly listed: number; readonly released: number }[];
  readonly items: QuarantineListItem[];
  readonly next?: string;
}

export interface QuarantineDetail {
  readonly item: QuarantineListItem;
  readonly text: string;
  readonly isJson: boolean;
  readonly fields: string[];
  readonly kinds: string[];
  readonly knownFields: string[];
}

/** What to change before a payload is admitted again; everything absent stays as it is. */
export interface QuarantineFix {
  readonly truckId?: string;
  readonly fields?: Record<string, string>;
  readonly kinds?: Record<string, string>;
  readonly factors?: Record<string, number>;
  readonly leaveOut?: string[];
  readonly useTimeOfReceipt?: boolean;
}

export interface ReleaseResult {
  readonly id: string;
  readonly accepted: number;
  readonly duplicates: number;
  readonly problem?: string;
}

/** Which messages a mapping is for: those of a reason, of one truck or of every truck. */
export interface QuarantineMatch {
  readonly reason: string;
  readonly truckId?: string;
}

/** A fix that is kept for what comes, and what it has done so far. */
export interface MappingState {
  readonly mapping: { readonly id: string; readonly by: string; readonly atMs: number; readonly match: QuarantineMatch; readonly fix: QuarantineFix };
  readonly message: string;
  readonly messages: number;
  readonly readings: number;
  readonly newestAt?: string;
}

export interface MappingList {
  readonly most: number;
  readonly standing: MappingState[];
}

export interface MappingTrial {
  readonly tried: number;
  readonly mended: number;
  readonly more: boolean;
  readonly problem?: string;
}

export interface MappingAdded {
  readonly id: string;
  readonly items: number;
  readonly accepted: number;
  readonly duplicates: number;
  readonly problem?: string;
}

export interface Health {
  readonly startedAt: string;
  readonly now: string;
  readonly ingest: IngestLink;
  readonly ingestStatus?: {
    readonly startedAt: string;
    readonly ready: boolean;
    readonly received: number;
    readonly accepted: number;
    readonly duplicates: number;
    readonly quarantined: number;
    readonly dropped: number;
    readonly quarantinedByReason: Record<string, number>;
    readonly oldestUnstoredAgeSeconds: number;
    readonly journalBytes: number;
    readonly stages: { readonly stage: string; readonly depth: number; readonly capacity: number }[];
    readonly segmentsSeen: number;
    readonly segmentsTotal: number;
    readonly connectionsCut?: Record<string, number>;
  };
  readonly quarantine?: { readonly counts: Record<string, number>; readonly newest: QuarantinedItem[] };
  readonly live?: { readonly clients: number; readonly evicted: number };
  readonly factsWaiting?: number;
  readonly problems?: string[];
}

/** Condition now, or the average over a period: two numbers that are never compared. */
export type AreaPeriod = 'now' | 'day' | 'week' | 'month' | 'quarter';

export interface AreaEstimate {
  readonly value: number;
  readonly low: number;
  readonly high: number;
}

export interface AreaFigures {
  readonly area: string;
  readonly index?: AreaEstimate;
  /** CROW's name of the letter. */
  readonly grade?: string;
  readonly acceptablyClean?: AreaEstimate;
  readonly trend?: AreaEstimate;
  readonly coverage: number;
  readonly timeCoverage: number;
  readonly lengthMetres: number;
  readonly streets: number;
  readonly seenStreets: number;
  readonly passes: number;
  readonly trucks: number;
  readonly singleSource: readonly string[];
  readonly singleSourceShare: number;
  /** Detector versions that looked in the period and, where there is a trend, in the one before; more than one is a break. */
  readonly detectors?: readonly string[];
}

export interface AreaReport {
  readonly method: string;
  readonly question: 'now' | 'period';
  readonly from?: string;
  readonly to: string;
  readonly computedAt: string;
  readonly areas: readonly AreaFigures[];
  /** What a trend is measured against when that is not simply the period before, or why there is none. */
  readonly trendNote?: string;
  /** When the period was closed; its figures stay as they were computed then. */
  readonly closedAt?: string;
  readonly trucks?: readonly { readonly truckId: string; readonly without?: number; readonly change?: number; readonly coverageWithout: number }[];
}

export interface AreaOutlines {
  readonly type: 'FeatureCollection';
  readonly features: readonly { readonly type: 'Feature'; readonly properties: { readonly name: string }; readonly geometry: { readonly type: 'MultiLineString'; readonly coordinates: [number, number][][] } }[];
}
