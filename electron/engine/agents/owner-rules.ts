/** The owner that a rule of skein.json names. */
import type { Settings } from '../../../shared/domain/settings.ts';
import { matchPattern } from '../../../shared/domain/tracked-files.ts';

type Rule = { pattern: string; agent: string; matches: (path: string) => boolean };

/** The first rule that fits counts. Rules are compiled once per settings. */
export function createOwnerRules(
  settings: () => Settings,
): (path: string) => { agent: string; detail: string } | undefined {
  let compiledFrom: Settings | undefined;
  let rules: Rule[] = [];
  return (path) => {
    const current = settings();
    if (current !== compiledFrom) {
      compiledFrom = current;
      rules = current.owners.map((owner) => ({ ...owner, matches: matchPattern(owner.pattern) }));
    }
    const rule = rules.find((candidate) => candidate.matches(path));
    if (rule === undefined) return undefined;
    return { agent: rule.agent, detail: `skein.json names ${rule.agent} as the owner of ${rule.pattern}.` };
  };
}
