/** skein consolidate */
import type { Output } from '../../../shared/contracts/app-api.ts';
import { ok } from '../../../shared/result.ts';
import { countOf, shortStamp } from '../change-columns.ts';
import type { Command } from '../context.ts';
import { exitCodes } from '../exit-codes.ts';
import type { Style } from '../style.ts';
import { plainText } from '../text-width.ts';

export const consolidate: Command = {
  name: 'consolidate',
  summary: 'fold all pending changes into one report now',
  details: 'Exits with 3 when nothing is pending. `skein undo` takes the report back.',
  examples: [
    {
      line: 'skein consolidate',
      what: 'write the report, into SYNC_STATUS.md unless settings say otherwise',
    },
  ],
  async run(context) {
    const found = await context.workspace();
    if (!found.ok) return found;
    const answer = await found.value.client.call('consolidate', { workspace: found.value.workspace.id });
    if (!answer.ok) return answer;
    const done = answer.value;
    const isNothing = done.status === 'nothing_pending';
    return ok({
      json: done,
      write: (style) => (isNothing ? 'Nothing is pending.' : writeOutcome(done, style)),
      exitCode: isNothing ? exitCodes.nothing : exitCodes.ok,
    });
  },
};

function writeOutcome(
  { changes_consolidated, consolidation }: Output<'consolidate'>,
  { colors }: Style,
): string {
  if (consolidation === null) return `Consolidated ${countOf(changes_consolidated, 'change')}.`;
  const { files, stamp, problem, state } = consolidation;
  const what = `${countOf(changes_consolidated, 'change')} in ${countOf(files, 'file')}`;
  const report = colors.magenta(shortStamp(stamp));
  const first = `Consolidated ${what} into report ${report}; \`skein report\` shows it, \`skein undo\` takes it back.`;
  if (state !== 'waiting') return first;
  const why = problem === null ? '' : ` ${plainText(`${problem.message} ${problem.advice}`)}`;
  return `${first}\n${colors.yellow('waiting:')} the report is not in its file yet.${why}`;
}
