/** The line of a lock as the JSON of the app API. */
import type { LockJson, LockPartyJson } from '../../shared/contracts/lock-api.ts';
import { limits } from '../../shared/limits.ts';
import type { FoundRepository } from '../adapters/find-repository.ts';
import type { LockLine, LockParty } from '../engine/lock/lock-ports.ts';

/** `nowMs` is in Unix milliseconds. */
export function lockToJson({ folder, lock }: FoundRepository, line: LockLine, nowMs: number): LockJson {
  return {
    repository: folder,
    lock_file: lock.file,
    lease_seconds: limits.lockLeaseMs / 1_000,
    holders: line.holders.map((party) => partyToJson(party, null, nowMs)),
    // Those who wait in no order stand last.
    waiting: line.waiting.map((party, index) =>
      partyToJson(party, party.facts === undefined ? null : index + 1, nowMs),
    ),
  };
}

function partyToJson(
  { id, facts, mode, pid, program, hasEnded }: LockParty,
  position: number | null,
  nowMs: number,
): LockPartyJson {
  return {
    id,
    agent: facts?.agent ?? null,
    operation: facts?.operation ?? null,
    device: facts?.device ?? null,
    program: program ?? null,
    pid: pid ?? null,
    process_ended: hasEnded === true,
    mode: mode ?? null,
    position,
    since_ms: facts?.sinceMs ?? null,
    // The clock may have been set back meanwhile.
    elapsed_ms: facts === undefined ? null : Math.max(0, nowMs - facts.sinceMs),
    token: facts?.token ?? null,
  };
}
