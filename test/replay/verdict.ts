/** Judges a replay from outside: is every version in the log, in order, byte for byte, and who is said to have written it? */
import type { Engine } from '../../electron/engine/engine-contract.ts';
import type { Replayed } from './replay.ts';

export type Verdict = {
  versions: number;
  missing: string[];
  /** Versions whose bytes differ, or that stand in another order than they were written. */
  wrong: string[];
  attributed: number;
  right: number;
  mistaken: string[];
  bySource: Record<string, number>;
};

/** The recorded words for agents, as Skein calls them. Without an agent the author was a person. */
const nameByRecorded: Record<string, string> = {
  claude: 'claude-code',
  codex: 'codex-local',
  gemini: 'gemini-cli',
  devin: 'devin',
  copilot: 'copilot',
  cursor: 'cursor',
};

export function judge(engine: Engine, replayed: readonly Replayed[]): Verdict {
  const verdict: Verdict = {
    versions: replayed.length,
    missing: [],
    wrong: [],
    attributed: 0,
    right: 0,
    mistaken: [],
    bySource: {},
  };
  let last = 0;
  for (const { version, change } of replayed) {
    const name = `${version.commit} ${version.path}`;
    if (change === undefined) {
      verdict.missing.push(name);
      continue;
    }
    const bytes = change.content === null ? undefined : engine.log.content(change.content);
    const same =
      version.bytes === undefined
        ? bytes === undefined
        : bytes !== undefined && Buffer.compare(version.bytes, bytes) === 0;
    if (!same || change.position <= last) verdict.wrong.push(name);
    last = change.position;
    judgeAgent(verdict, name, version.agents, change);
  }
  return verdict;
}

function judgeAgent(
  verdict: Verdict,
  name: string,
  recorded: readonly string[],
  change: { agent: string; evidence: readonly { source: string }[] },
): void {
  const source = change.evidence[0]?.source ?? 'none';
  verdict.bySource[source] = (verdict.bySource[source] ?? 0) + 1;
  if (change.agent === 'unknown') return;
  verdict.attributed += 1;
  const expected =
    recorded.length === 0 ? ['human'] : recorded.map((agent) => nameByRecorded[agent] ?? agent);
  if (expected.includes(change.agent)) verdict.right += 1;
  else verdict.mistaken.push(`${name}: ${change.agent} instead of ${expected.join(' or ')}`);
}
