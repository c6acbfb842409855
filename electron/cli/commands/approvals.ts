/** skein approvals, skein approve, skein reject */
import type { ChangeJson } from '../../../shared/contracts/shapes.ts';
import { writeDecision } from '../../../shared/domain/decision-words.ts';
import { err, ok, type Problem, problem, type Result } from '../../../shared/result.ts';
import { agentColumn, fileColumn, kindColumn, versionColumn, whenColumn } from '../change-columns.ts';
import type { Answer, Command, Context } from '../context.ts';
import type { Style } from '../style.ts';
import { writeTable } from '../table.ts';

export const approvals: Command = {
  name: 'approvals',
  summary: 'changes of instruction files from other devices, which wait for you',
  details: `Instructions are code: what another person's device changes in AGENTS.md, CLAUDE.md or rules
is not written to your disk until you approve it, unless you trust that device for it.
A change brings along what it stands on; what stands on a rejected one is rejected with it.`,
  examples: [
    { line: 'skein approvals', what: 'what waits' },
    { line: 'skein diff AGENTS.md@latest', what: 'what the newest change of a file would do' },
  ],
  async run(context) {
    const waiting = await listWaiting(context);
    if (!waiting.ok) return waiting;
    const { changes } = waiting.value;
    return ok({ json: { changes }, write: (style) => writeWaiting(changes, style) });
  },
};

export const approve = decision('approve', {
  summary: 'let changes of instruction files from other devices count',
  details: 'A version holds what it stands on, so that this is approved with it.',
  example: 'one change, with what it stands on',
});
export const reject = decision('reject', {
  summary: 'leave changes of instruction files from other devices out',
  details: 'What waits and stands on it is rejected with it. What was rejected stays in the log.',
  example: 'one change, with what stands on it',
});

type Words = { summary: string; details: string; example: string };

function decision(verdict: 'approve' | 'reject', { summary, details, example }: Words): Command {
  return {
    name: verdict,
    summary,
    details,
    args: [{ name: 'VERSION', summary: 'one of `skein approvals`, by its first 6 digits or more, or `all`' }],
    examples: [{ line: `skein ${verdict} 01999c2f3a51`, what: example }],
    run: (context, [typed = '']) => decide(context, typed, verdict),
  };
}

async function decide(
  context: Context,
  typed: string,
  verdict: 'approve' | 'reject',
): Promise<Result<Answer>> {
  const waiting = await listWaiting(context);
  if (!waiting.ok) return waiting;
  const { changes, workspace, client } = waiting.value;
  const chosen = changes.filter(
    ({ stamp }) => typed === 'all' || (typed.length >= 6 && stamp.startsWith(typed.toLowerCase())),
  );
  if (chosen.length === 0) return err(nothingWaits(typed));
  const stamps = chosen.map(({ stamp }) => stamp);
  const answer = await client.call('decideApprovals', { workspace, stamps, verdict });
  if (!answer.ok) return answer;
  return ok({ json: answer.value, write: () => `${writeDecision(verdict, answer.value)}.` });
}

async function listWaiting(context: Context) {
  const found = await context.workspace();
  if (!found.ok) return found;
  const { client, workspace } = found.value;
  const answer = await client.call('listApprovals', { workspace: workspace.id });
  if (!answer.ok) return answer;
  return ok({ changes: answer.value.changes, client, workspace: workspace.id });
}

function writeWaiting(changes: readonly ChangeJson[], style: Style): string {
  if (changes.length === 0) return 'Nothing waits for approval.';
  const columns = [versionColumn(changes), fileColumn, kindColumn, agentColumn, whenColumn(style)];
  return `${writeTable(changes, columns, style)}\n\n\`skein approve VERSION\` or \`skein reject VERSION\` decides.`;
}

const nothingWaits = (typed: string): Problem =>
  problem(
    'not-found',
    typed,
    typed === 'all' ? 'Nothing waits for approval.' : `No change ${typed} waits for approval.`,
    'List them with: skein approvals',
  );
