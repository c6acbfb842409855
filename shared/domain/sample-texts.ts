/** The files of the sample workspace as a new user finds them: a tide clock, three agents and one person. */

export type SampleFile = { path: string; text: string };

const agents = `# Working on Pebble

Pebble is a tide clock: a round e-paper face in the window of the harbour café that shows when the water
comes and goes. Three agents and one person (Mira) build it. This file is for all of them.

## Rules

1. Read SYNC_STATUS.md before you start and write one line there when you stop.
2. One task at a time. Take it in ROADMAP.md by putting your name behind it.
3. The clock must never show a wrong tide. If in doubt, show nothing and say why.
4. Tests run with \`make test\`; a task is done when they pass and the journal says so.

## Who does what

| who | takes | journal |
| --- | --- | --- |
| claude-code | the tide model, reviews | docs/passation_claude.md |
| codex-local | the display driver | docs/passation_codex.md |
| gemini-cli | documents, translations | HANDOFF.md |
| Mira | solder, wood, decisions | wherever there is room |
`;

const claude = `# Notes for Claude

Everything in AGENTS.md holds. Besides:

- The tide model lives in \`src/tide/\`. Harmonic constants come from the harbour office; never invent one.
- Heights are millimetres above chart datum, times are UTC. Only the face knows about summer time.
- Write to docs/passation_claude.md before you end a session, newest entry first.
`;

const syncStatus = `# Sync status

What everybody should know before touching anything. One line each, newest first.

| when | who | what |
| --- | --- | --- |
| Tue 16:40 | Mira | The second display arrived. It is on the bench, still in its bag. |
| Tue 11:05 | codex-local | Driver draws a full face in 2.1 s; partial refresh is next. |
| Mon 17:30 | claude-code | Model matches the harbour office for March within 4 cm. |
`;

const agentSyncClaude = `# Agent sync: Claude

**Now**: the model for neap tides
**Last session**: Monday
**Blocked by**: nothing

## In work

- [x] Read the harmonic constants
- [x] Compare March with the harbour office
- [ ] Neap tides: off by 11 cm on the 24th
- [ ] Storm surge: show a warning, not a number
`;

const agentSyncCodex = `# Agent sync: Codex

**Now**: partial refresh
**Last session**: Tuesday
**Blocked by**: the second display (see SYNC_STATUS.md)

## In work

- [x] Full refresh in under 3 s
- [ ] Partial refresh of the hand only
- [ ] Sleep between refreshes: under 40 µA
`;

const passationClaude = `# Journal: Claude

## Monday: the model meets March

Compared 62 high and low waters with the harbour office. Largest difference 11 cm, on the neap tide of the
24th; all others within 4 cm.

- Done: constants read from the office's table, test with all of March.
- Open: why the 24th? The shallow-water term M4 is my first suspect.
- For whoever comes next: do not round before the last step.
`;

const passationCodex = `# Journal: Codex

## Tuesday: a face in two seconds

The driver now sends the whole frame in one transfer. A full refresh takes 2.1 s instead of 5.8 s.

- Done: one transfer, test with the recorded bus traffic.
- Open: partial refresh leaves a ghost of the old hand.
- For whoever comes next: the display wants 10 ms of quiet after reset, whatever its data sheet says.
`;

const roadmap = `# Roadmap

## Spring: it works on the bench

- [x] Tide model for one harbour
- [x] Draw the face
- [ ] Move only the hand (codex-local)
- [ ] Neap tides within 5 cm (claude-code)
- [ ] One week without a wrong tide

## Summer: it hangs in the café

- [ ] Wooden case (Mira)
- [ ] Runs a month on one charge
- [ ] A card beside it that explains the tide to children
`;

const overview = `# Overview

Pebble has three parts that know as little of each other as they can.

    constants ─> tide model ─> face ─> display driver

| part | knows | does not know |
| --- | --- | --- |
| tide model | constants, UTC | pixels, summer time |
| face | the next four tides, summer time | how a pixel gets to the glass |
| driver | one frame of 400 × 300 bits | what the frame shows |

The model is a pure function of time. The face asks it once an hour and sleeps in between.
`;

const handoff = `# Hand-off

Open ends that belong to nobody's journal.

- The café closes at 18:00: whoever tests there, be out by then.
- Translations of the card are welcome. English first, then French.
`;

/** More than the sample's edits: whoever tries Skein presses the button. */
const skeinJson = `{
  // Pending changes that start a consolidation; without this line five do.
  "consolidation_threshold": 10
}
`;

export const sampleFiles: readonly SampleFile[] = [
  { path: 'AGENTS.md', text: agents },
  { path: 'CLAUDE.md', text: claude },
  { path: 'SYNC_STATUS.md', text: syncStatus },
  { path: 'AGENT_SYNC_CLAUDE.md', text: agentSyncClaude },
  { path: 'AGENT_SYNC_CODEX.md', text: agentSyncCodex },
  { path: 'docs/passation_claude.md', text: passationClaude },
  { path: 'docs/passation_codex.md', text: passationCodex },
  { path: 'ROADMAP.md', text: roadmap },
  { path: 'docs/architecture/00-Overview.md', text: overview },
  { path: 'HANDOFF.md', text: handoff },
  { path: 'skein.json', text: skeinJson },
];
