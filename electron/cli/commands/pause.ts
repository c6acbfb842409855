/** skein pause, skein resume */
import { ok } from '../../../shared/result.ts';
import type { Command, Context } from '../context.ts';

export const pause: Command = {
  name: 'pause',
  summary: 'stop watching and consolidating until resumed, also after a restart',
  examples: [{ line: 'skein pause', what: 'before a large rebase, say' }],
  run: (context) =>
    change(context, 'pause', 'Paused; `skein resume` goes on and finds what happened meanwhile.'),
};

export const resume: Command = {
  name: 'resume',
  summary: 'watch again; what happened meanwhile is found',
  examples: [{ line: 'skein resume', what: 'go on after `skein pause`' }],
  run: (context) => change(context, 'resume', 'Watching again.'),
};

async function change(context: Context, what: 'pause' | 'resume', said: string) {
  const found = await context.workspace();
  if (!found.ok) return found;
  const answer = await found.value.client.call(what, { workspace: found.value.workspace.id });
  if (!answer.ok) return answer;
  const isRunning = found.value.running !== undefined;
  const words = what === 'resume' && !isRunning ? 'Resumed: the next `skein serve` watches.' : said;
  return ok({ json: answer.value, write: () => words });
}
