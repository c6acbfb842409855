/** Everything that can happen to an engine: the closed union that its one loop works through. */

import type { Contents, Row } from '../../shared/contracts/peer-protocol.ts';
import type { Change } from '../../shared/domain/change.ts';
import type { Settings } from '../../shared/domain/settings.ts';
import type { Result } from '../../shared/result.ts';
import type { GitFinding } from './agents/git-evidence.ts';
import type { Consolidation, ConsolidationOutcome, RestoreOutcome, ScanOutcome } from './engine-contract.ts';
import type { Decided, ResolveRequest, Verdict } from './replicate/inbox-commands.ts';
import type { KeptAside, PulledAside } from './replicate/keep-aside.ts';
import type { Said, Sender, Taken } from './replicate/take-page.ts';
import type { LargeVersion } from './scan/large-versions.ts';

/** Commands of people and programs, each with its answer. */
export type Answers = {
  consolidate: ConsolidationOutcome;
  undo: { consolidation: Consolidation; changesPendingAgain: number };
  restore: RestoreOutcome;
  scan: ScanOutcome;
  'change-settings': Settings;
  pause: null;
  resume: null;
  /** `lacking`: contents did not come along. */
  'take-page': Pick<Taken, 'rows' | 'problems' | 'parted' | 'cut'> & { conflicts: number; lacking: boolean };
  'take-contents': null;
  'take-left-out': null;
  'resolve-conflict': Change | null;
  'decide-held': Decided;
  'keep-aside': KeptAside[];
};

export type Command =
  | { name: 'consolidate' }
  | { name: 'undo'; stamp: string }
  | { name: 'restore'; path: string; version: string; agent: string }
  | { name: 'scan' }
  | { name: 'change-settings'; changes: Record<string, unknown> }
  | { name: 'pause' }
  | { name: 'resume' }
  /** Rows of another replica; `more`: others follow at once, so that their files may wait. */
  | { name: 'take-page'; rows: readonly Row[]; sender: Sender; said: Said; more: boolean }
  | { name: 'take-contents'; contents: Contents }
  /** Which files are taken from these is decided anew. */
  | { name: 'take-left-out'; senders: readonly Sender[] }
  | { name: 'resolve-conflict'; request: ResolveRequest }
  | { name: 'decide-held'; stamps: readonly string[]; verdict: Verdict }
  /** Versions that a pull could not merge. */
  | { name: 'keep-aside'; versions: readonly PulledAside[] };

export type EngineEvent =
  /** Paths wait in the hint list. */
  | { kind: 'disk-hinted' }
  /** A file that was still being written may have settled. */
  | { kind: 'look-due'; path: string }
  /** A large version that a look saw is hashed and packed. */
  | { kind: 'version-prepared'; version: LargeVersion }
  | { kind: 'scan-due'; everywhere: boolean }
  /** Trigger rules and unfinished report files are looked at. */
  | { kind: 'consolidation-due' }
  /** Files that could not be brought forward are tried again. */
  | { kind: 'settle-due' }
  /** What came from one replica may be news for another. */
  | { kind: 'relay-due' }
  /** Git may know more about who wrote. */
  | { kind: 'git-due' }
  | { kind: 'git-answered'; findings: GitFinding[] }
  | { kind: 'collection-due' }
  | { kind: 'command-given'; command: Command; reply(answer: Result<Answers[Command['name']]>): void };
