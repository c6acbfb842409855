/** skein doctor */
import type { DoctorCheckJson } from '../../../shared/contracts/shapes.ts';
import { ok, type Result } from '../../../shared/result.ts';
import { instanceState } from '../../host/instance.ts';
import { countOf } from '../change-columns.ts';
import type { Command, Context } from '../context.ts';
import { exitCodes } from '../exit-codes.ts';
import type { Style } from '../style.ts';
import { padText, plainText, textWidth } from '../text-width.ts';

export const doctor: Command = {
  name: 'doctor',
  summary: 'check what users trip over, and say how to mend it',
  details: `Changes nothing unless told to by --mend, which leaves the token to its owner, and sets damaged logs
and the identity of another machine aside, deleting nothing. Exits with 5 when a check fails.`,
  options: [{ flags: '--mend', summary: 'mend what can be mended without losing anything' }],
  examples: [
    { line: 'skein doctor', what: 'Node, git, limits, permissions, clock, port, logs' },
    { line: 'skein doctor --mend', what: 'mend what it can' },
  ],
  async run(context, _, { mend }) {
    const checks = await examine(context, mend === true);
    if (!checks.ok) return checks;
    const isFailing = checks.value.some(({ state }) => state === 'failure');
    return ok({
      json: { checks: checks.value },
      write: (style) => writeChecks(checks.value, style),
      exitCode: isFailing ? exitCodes.needsPerson : exitCodes.ok,
    });
  },
};

/** The running Skein knows best how it fares; without one, or to mend, this process looks by itself. */
async function examine(context: Context, mend: boolean): Promise<Result<DoctorCheckJson[]>> {
  const { dataFolder, env } = context;
  // Loaded only here: it knows every part of the engine.
  const { mendChecks, runDoctor } = await import('../../host/doctor.ts');
  const isRunning = (await instanceState(dataFolder)).state === 'running';
  if (mend) return ok(await mendChecks({ dataFolder, env }));
  if (!isRunning) return ok(await runDoctor({ dataFolder, env }));
  const way = await context.connect();
  const answer = way.ok ? await way.value.client.call('runDoctor', {}) : way;
  return ok(answer.ok ? answer.value.checks : await runDoctor({ dataFolder, env }));
}

const marks = {
  ok: { sign: '✓', color: 'green' },
  warning: { sign: '!', color: 'yellow' },
  failure: { sign: '✗', color: 'red' },
  skipped: { sign: '-', color: 'dim' },
} as const;

function writeChecks(checks: readonly DoctorCheckJson[], style: Style): string {
  const width = Math.max(0, ...checks.map(({ name }) => textWidth(plainText(name))));
  const lines = checks.flatMap((check) => writeCheck(check, width, style));
  const bad = checks.filter(({ state }) => state === 'failure').length;
  const mild = checks.filter(({ state }) => state === 'warning').length;
  const sum = bad + mild === 0 ? 'All is well.' : `${countOf(bad, 'failure')}, ${countOf(mild, 'warning')}.`;
  return [...lines, '', sum].join('\n');
}

function writeCheck(
  { name, state, message, advice }: DoctorCheckJson,
  width: number,
  { colors }: Style,
): string[] {
  const { sign, color } = marks[state];
  const first = `${colors[color](sign)} ${padText(plainText(name), width, 'left')}  ${plainText(message)}`;
  return advice === '' ? [first] : [first, `${' '.repeat(width + 4)}${plainText(advice)}`];
}
