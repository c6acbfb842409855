/** What the peers of a host offer: to the app API, and to the server that peers call. */
import type { z } from 'zod';
import type { Input, Output } from '../../../shared/contracts/app-api.ts';
import type {
  Hello,
  PairBegin,
  PairBegun,
  PairFinished,
  PairReveal,
  PairRevealed,
} from '../../../shared/contracts/peer-protocol.ts';
import type {
  LagJson,
  NetworkJson,
  nearbyShape,
  PairingJson,
  PeerJson,
  syncResultShape,
} from '../../../shared/contracts/peer-shapes.ts';
import type { Problem, Result } from '../../../shared/result.ts';
import type { Engine } from '../../engine/engine-contract.ts';
import type { EmbeddingQuestion, PackedEmbedding } from '../../engine/knowledge/knowledge-ports.ts';
import type { Cancel } from '../../engine/ports.ts';
import type { LinkRights } from '../../engine/replicate/link.ts';

export type SyncResultJson = z.infer<typeof syncResultShape>;
export type NearbyJson = z.infer<typeof nearbyShape>;

/** The paired devices, for whoever serves the app API. Lists are true at once; changes resolve when they hold. */
export type Peers = {
  network(): NetworkJson;
  changeNetwork(changes: Input<'changeNetwork'>): Promise<Result<NetworkJson>>;
  list(): PeerJson[];
  lag(): LagJson;
  nearby(): Output<'listNearby'>;
  pairing(): PairingJson | null;
  /** Fails when this Skein cannot listen. */
  invite(): Promise<Result<PairingJson>>;
  /** Resolves when the digits can be compared, or with what went wrong. */
  answer(input: Input<'answerInvitation'>): Promise<Result<PairingJson>>;
  /** Resolves when the other side has answered, too, or `state` says that it has not yet. */
  confirm(input: Input<'confirmPairing'>): Promise<Result<PairingJson>>;
  cancelPairing(): PairingJson | null;
  change(input: Input<'changePeer'>): Promise<Result<PeerJson>>;
  share(input: Input<'shareWithPeer'>): Promise<Result<PeerJson>>;
  revoke(id: string): Promise<Result<boolean>>;
  sync(input: Input<'syncPeers'>): Promise<Result<SyncResultJson[]>>;
};

/** Who calls the peer server, as TLS proves it. */
export type Caller = {
  /** Device id. */
  id: string;
  /** PEM. */
  certificate: string;
  /** Where it calls from. */
  host: string;
  /** Where it says that it listens. */
  port: number | undefined;
  /** Version of the protocol that it speaks, and which of its processes it is. */
  protocol: number;
  instance: string;
};

/** A workspace as one peer may use it. */
export type Served = {
  engine: Engine;
  rights: LinkRights;
  /** The peer, as the engine knows it. */
  link: { id: string; name: string };
  /** It fetches changes or contents. */
  exchanging(): void;
  /** It said of which of our files it takes the contents: patterns, none for all. */
  noteWanted(patterns: readonly string[]): void;
  count(traffic: { bytesIn: number; bytesOut: number }): void;
  /** Those that our index has, of notes that the peer may see. */
  embeddings(question: EmbeddingQuestion): Promise<PackedEmbedding[]>;
};

/** Finds embeddings for a peer in a replica of this device; `mayRead` is asked when they are found. */
export type GiveEmbeddings = (
  replica: string,
  question: EmbeddingQuestion,
  mayRead: () => (note: string) => boolean,
) => Promise<PackedEmbedding[]>;

/** What the server of peers may ask and tell. Every call looks at the rights of that moment. */
export type PeerGate = {
  /** How this device is called. */
  name(): string;
  isPeer(id: string): boolean;
  /** Lets a peer in and remembers when and from where, or says why not. */
  admit(caller: Caller): Problem | undefined;
  hello(id: string): Hello;
  /** Fails with `peer-refused` when it is not shared with the peer, and `no-workspace` when it is not open. */
  workspace(id: string, workspace: string): Result<Served>;
  /** Tells the peer when there is news that we cannot bring by ourselves; the text is our vector. */
  followNews(served: Served, tell: (vector: string) => void): Cancel;
  /** Whether anybody may try a code now. */
  isPairing(): boolean;
  begin(caller: Caller, said: PairBegin): Promise<Result<PairBegun>>;
  reveal(caller: Caller, said: PairReveal): Promise<Result<PairRevealed>>;
  finish(caller: Caller, match: boolean): Promise<Result<PairFinished>>;
};

export type PeerServer = {
  port: number;
  /** Ends every connection of a device at once. */
  cut(id: string): void;
  close(): Promise<void>;
};

export type ListenForPeers = (
  gate: PeerGate,
  at: { port: number; bind: 'all' | 'loopback'; key: string; certificate: string },
) => Promise<Result<PeerServer>>;
