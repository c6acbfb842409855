/** One exchange with one peer, as the one who asks: pull, apply, push what is missing there, and see what still differs. */
import {
  areTooMany,
  driftBetween,
  type ExchangeStep,
  type IndexName,
  stepOf,
} from '../../../../shared/domain/knowledge/index-exchange.ts';
import { limits } from '../../../../shared/limits.ts';
import { err, ok, ProblemError, problem, type Result } from '../../../../shared/result.ts';
import type {
  Agreements,
  ExchangePeer,
  IndexFile,
  IndexFolder,
  RefusedIndex,
  Spooled,
} from './exchange-ports.ts';
import { type Received, receiveMessage } from './receive-message.ts';

export type ExchangeOutcome = {
  /** Files. */
  taken: number;
  given: number;
  removedHere: number;
  removedThere: number;
  /** What the peer sent and we did not take. */
  refused: RefusedIndex[];
  /** The part of the files that still differs, from 0 to 1. */
  drift: number;
};

type Deps = { folder: IndexFolder; agreements: Agreements };

type State = Deps & {
  peer: ExchangePeer;
  agreed: ReadonlyMap<string, string> | undefined;
  ours: Map<string, IndexFile>;
  isOwnForm: boolean;
  outcome: ExchangeOutcome;
};

/** Fails as the peer and the folder do; what was taken until then stays. */
export async function runExchange(deps: Deps, peer: ExchangePeer): Promise<Result<ExchangeOutcome>> {
  const looked = await deps.folder.look();
  if (!looked.ok) return looked;
  const outcome = { taken: 0, given: 0, removedHere: 0, removedThere: 0, refused: [], drift: 0 };
  const agreed = deps.agreements.with(peer.name);
  const state: State = { ...deps, peer, agreed, ours: looked.value, isOwnForm: false, outcome };
  const pulled = await pull(state);
  if (!pulled.ok) return pulled;
  const settled = await settle(state, pulled.value);
  return settled.ok ? finish(state, settled.value) : settled;
}

async function pull(state: State): Promise<Result<Received>> {
  const known = [...state.ours.values()];
  const asked = await state.peer.ask({ action: 'pull', known }, 'documented');
  if (!asked.ok) return asked;
  state.isOwnForm = asked.value.isOwnForm;
  const received = await receiveMessage(state.folder, asked.value.parts, (spooled, name) =>
    takeIndex(state, spooled, name),
  );
  if (!received.ok) return received;
  state.outcome.refused.push(...received.value.refused);
  return withInventory(received.value);
}

const withInventory = (received: Received): Result<Received> =>
  received.lists.has('inventory') ? ok(received) : err(noInventory);

/** A file is taken as soon as it is here, so that a line which breaks in the middle has brought the first half. */
async function takeIndex(state: State, spooled: Spooled, name: IndexName): Promise<void> {
  if (stepWith(state, name.path, name.md5) !== 'take') return state.folder.discard(spooled);
  const placed = await state.folder.placeVerified(spooled, name);
  if (placed.ok) state.outcome.taken += 1;
  else if (placed.error.code === 'disk-full' || placed.error.code === 'read-only')
    throw new ProblemError(placed.error);
  else state.outcome.refused.push({ path: name.path, reason: placed.error.message });
}

function stepWith(state: State, path: string, theirs: string | undefined, received?: Received): ExchangeStep {
  const { agreed, ours, folder, isOwnForm } = state;
  return stepOf({
    ours: ours.get(path)?.md5,
    theirs,
    agreed: agreed?.get(path),
    wasDeletedHere: theirs !== undefined && folder.wasDeleted(path, theirs),
    isSaidRemoved: received?.removed.has(path) ?? false,
    isFirst: agreed === undefined,
    knowsDeletions: isOwnForm,
  });
}

async function settle(state: State, received: Received): Promise<Result<ReadonlyMap<string, string>>> {
  const looked = await state.folder.look();
  if (!looked.ok) return looked;
  state.ours = looked.value;
  const theirs = received.inventory;
  const steps = [...new Set([...state.ours.keys(), ...theirs.keys()])].map((path) => ({
    path,
    step: stepWith(state, path, theirs.get(path), believable(state, received)),
  }));
  const removed = await removeHere(state, steps);
  if (!removed.ok) return removed;
  const indexes = steps.flatMap(({ path, step }) => (step === 'give' ? (state.ours.get(path) ?? []) : []));
  const gone = steps.flatMap(({ path, step }) =>
    step === 'remove-there' ? [{ path, md5: theirs.get(path) ?? '' }] : [],
  );
  return push(state, { indexes, gone, theirs });
}

/** Who says `removed` of all that it lacks says it of much when a disk is not there; Skein itself sees to that. */
function believable({ isOwnForm, agreed = new Map() }: State, received: Received): Received {
  const gone = [...agreed.keys()].filter((path) => received.removed.has(path)).length;
  const isBelieved = isOwnForm || !areTooMany(gone, agreed.size);
  return isBelieved ? received : { ...received, removed: new Map() };
}

type PathStep = { path: string; step: ExchangeStep };

async function removeHere(state: State, steps: readonly PathStep[]): Promise<Result<void>> {
  for (const { path, step } of steps) {
    if (step !== 'remove-here') continue;
    const removed = await state.folder.remove(path, state.ours.get(path)?.md5);
    if (!removed.ok) return removed;
    if (removed.value) state.outcome.removedHere += 1;
  }
  return ok(undefined);
}

type Wanting = { indexes: IndexFile[]; gone: IndexName[]; theirs: ReadonlyMap<string, string> };

/** Returns what the peer holds afterwards. */
async function push(state: State, wanting: Wanting): Promise<Result<ReadonlyMap<string, string>>> {
  let { theirs, gone } = wanting;
  for (const indexes of loadsOf(wanting)) {
    const form = state.isOwnForm ? 'own' : 'documented';
    const asked = await state.peer.ask({ action: 'push', indexes, removed: gone }, form);
    if (!asked.ok) return asked;
    const answer = await receiveMessage(state.folder, asked.value.parts, state.folder.discard);
    if (!answer.ok) return answer;
    const whole = withInventory(answer.value);
    if (!whole.ok) return whole;
    const after = whole.value.inventory;
    state.outcome.given += indexes.filter(({ path, md5 }) => after.get(path) === md5).length;
    state.outcome.removedThere += gone.filter(({ path }) => !after.has(path)).length;
    theirs = after;
    gone = [];
  }
  return ok(theirs);
}

/** What one push carries: one load even without files, when something is to be removed. */
function loadsOf({ indexes, gone }: Wanting): IndexFile[][] {
  const loads: IndexFile[][] = gone.length > 0 ? [[]] : [];
  let bytes = 0;
  for (const file of indexes) {
    const load = loads.at(-1);
    if (load === undefined || (load.length > 0 && bytes + file.size > limits.indexPushBytes)) {
      loads.push([file]);
      bytes = file.size;
    } else {
      load.push(file);
      bytes += file.size;
    }
  }
  return loads;
}

/** What was agreed before and differs now stays: it tells next time which side changed. */
async function finish(state: State, theirs: ReadonlyMap<string, string>): Promise<Result<ExchangeOutcome>> {
  const looked = await state.folder.look();
  if (!looked.ok) return looked;
  const ours = new Map([...looked.value].map(([path, { md5 }]) => [path, md5]));
  const alike = new Map<string, string>();
  for (const path of new Set([...ours.keys(), ...theirs.keys()])) {
    const md5 = ours.get(path) === theirs.get(path) ? ours.get(path) : state.agreed?.get(path);
    if (md5 !== undefined) alike.set(path, md5);
  }
  state.agreements.agree(state.peer.name, alike);
  return ok({ ...state.outcome, drift: driftBetween(ours, theirs) });
}

const noInventory = problem(
  'bad-input',
  'inventory',
  'The answer holds no inventory, so nobody can tell what the other side has.',
  'Check that the address is that of a /knowledge_sync service.',
);
