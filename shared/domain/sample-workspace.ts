/**
 * A small workspace to try Skein on, and the edits that its agents make one after another, so that a new user
 * sees real diffs by several hands within seconds. Written for Skein; the project in it is made up.
 */
import { assert } from '../assert.ts';
import { sampleFiles as files, type SampleFile } from './sample-texts.ts';

export type SampleEdit = { path: string; agent: string; text: string };

/** The files before anybody edits, with paths relative to the workspace. */
export const sampleFiles: readonly SampleFile[] = files;

type Step = { path: string; agent: string; replace: readonly (readonly [from: string, to: string])[] };

const steps: readonly Step[] = [
  {
    path: 'AGENT_SYNC_CLAUDE.md',
    agent: 'claude-code',
    replace: [
      ['**Last session**: Monday', '**Last session**: Wednesday'],
      [
        '- [ ] Neap tides: off by 11 cm on the 24th',
        '- [x] Neap tides: within 3 cm on the 24th (M4 was missing)',
      ],
    ],
  },
  {
    path: 'docs/passation_claude.md',
    agent: 'claude-code',
    replace: [
      [
        '## Monday: the model meets March\n',
        `## Wednesday: the 24th explained

The shallow-water term M4 was missing from the table that I had typed in. With it the 24th is within 3 cm.

- Done: M4 added, a test that fails without it.
- Open: storm surge. The model cannot know; the face should say so.
- For whoever comes next: the office sends new constants each January.

## Monday: the model meets March
`,
      ],
    ],
  },
  {
    path: 'AGENT_SYNC_CODEX.md',
    agent: 'codex-local',
    replace: [
      ['**Now**: partial refresh', '**Now**: sleep current'],
      ['**Last session**: Tuesday', '**Last session**: Wednesday'],
      ['**Blocked by**: the second display (see SYNC_STATUS.md)', '**Blocked by**: nothing'],
      ['- [ ] Partial refresh of the hand only', '- [x] Partial refresh of the hand only: 0.4 s'],
    ],
  },
  {
    path: 'ROADMAP.md',
    agent: 'codex-local',
    replace: [
      ['- [ ] Move only the hand (codex-local)', '- [x] Move only the hand (codex-local)'],
      ['- [ ] Runs a month on one charge', '- [ ] Runs a month on one charge (codex-local)'],
    ],
  },
  {
    path: 'docs/architecture/00-Overview.md',
    agent: 'gemini-cli',
    replace: [
      [
        '| driver | one frame of 400 × 300 bits |',
        '| driver | one frame of 400 × 300 bits, what changed in it |',
      ],
      [
        'The face asks it once an hour and sleeps in between.\n',
        `The face asks it once an hour and sleeps in between.

## When the sea does something else

A storm can hold the water up for hours. No harmonic model knows that, so the face then shows a small wave and
no number: a clock that is silent is better than one that is wrong.
`,
      ],
    ],
  },
  {
    path: 'SYNC_STATUS.md',
    agent: 'human',
    replace: [
      [
        '| --- | --- | --- |\n',
        `| --- | --- | --- |
| Wed 18:10 | Mira | Hung the bench clock in the café for one evening. Two fishermen argued with it and lost. |
`,
      ],
    ],
  },
  {
    path: 'HANDOFF.md',
    agent: 'gemini-cli',
    replace: [
      [
        '- Translations of the card are welcome. English first, then French.\n',
        `- The card is drafted in English and French. The French one needs a native reader.
- « La lune tire la mer vers elle, deux fois par jour. » Is that too simple for children of ten?
`,
      ],
    ],
  },
  {
    path: 'ROADMAP.md',
    agent: 'claude-code',
    replace: [
      ['- [ ] Neap tides within 5 cm (claude-code)', '- [x] Neap tides within 5 cm (claude-code)'],
      ['- [ ] One week without a wrong tide', '- [ ] One week without a wrong tide (started Wednesday)'],
    ],
  },
];

/** The edits in their order; each text is the whole file as the agent leaves it, earlier edits included. */
export const sampleEdits: readonly SampleEdit[] = applySteps(steps);

function applySteps(all: readonly Step[]): SampleEdit[] {
  const textByPath = new Map(sampleFiles.map((file) => [file.path, file.text]));
  return all.map((step) => {
    const text = step.replace.reduce(replaceOnce, textByPath.get(step.path) ?? '');
    textByPath.set(step.path, text);
    return { path: step.path, agent: step.agent, text };
  });
}

function replaceOnce(text: string, [from, to]: readonly [string, string]): string {
  assert(text.split(from).length === 2, `the sample text holds exactly once: ${from}`);
  return text.replace(from, () => to);
}
