/** A workspace whose notes have something to find, and waiting until the index has all of it. */
import type { Page } from 'playwright-core';
import type { KnowledgeJson } from '../../shared/contracts/knowledge-api.ts';
import { changeAnswers } from './changed-answers.ts';
import { type RunningSkein, unwrap } from './running-skein.ts';
import { eventually } from './screen.ts';
import { type SkeinFixture, type StartOptions, startFixture } from './skein-fixture.ts';

/** Long enough that a passage in its middle is out of sight until somebody scrolls there. */
const filler = Array.from({ length: 120 }, (_, nth) => `- Rope ${nth + 1} hangs on its hook.\n`).join('');

export const harbourNotes: Readonly<Record<string, string>> = {
  'AGENTS.md': '# Agents\n\n## How we work here\n\nOne task at a time. Write down what you learn.\n',
  'ROADMAP.md': '# Roadmap\n\n## A clock in a wooden case\n\nThe clock shows the tide of the harbour.\n',
  'docs/architecture/display.md':
    '# Display\n\n## Drawing the dial\n\nThe driver draws the dial of the clock.\n',
  'docs/passation_codex.md': `# Journal\n\n## Ropes\n\n${filler}\n## The lighthouse lamp\n\nThe lighthouse lamp burns paraffin.\n\n## More ropes\n\n${filler}`,
};

export async function startHarbour(options: StartOptions = {}): Promise<SkeinFixture> {
  const fixture = await startFixture({ files: harbourNotes, ...options });
  await indexed(fixture.skein, Object.keys(options.files ?? harbourNotes).length);
  return fixture;
}

/** Waits until so many notes are indexed and none is behind. */
export const indexed = (skein: RunningSkein, notes: number): Promise<void> =>
  eventually(async () => {
    const now = unwrap(await skein.call('getKnowledge', {}));
    return { state: now.state, notes: now.notes };
  }).toEqual({ state: 'current', notes });

/** From now on the page is told this about the index, on top of what is true. */
export const pretendKnowledge = (page: Page, more: Partial<KnowledgeJson>): Promise<void> =>
  changeAnswers(page, '**/api/knowledge?*', more);
