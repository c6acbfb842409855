/** The owner that a rule of skein.json names. */

import type { Settings } from '../../../shared/domain/settings.ts';
import { matchPattern } from '../../../shared/domain/tracked-files.ts';

/** The first rule that fits counts. Patterns are compiled once per settings. */
export function createOwnerRules(
  settings: () => Settings,
): (path: string) => { agent: string; detail: string } | undefined {
  let compiledFrom: Settings | undefined;
  let rules: { pattern: string; agent: string; matches: (path: string) => boolean }[] = [];
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
