/** skein config edit */
import { spawn } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { err, ok, type Problem, problem, type Result } from '../../../shared/result.ts';
import type { Command } from '../context.ts';

const emptySettings = '{\n}\n';

export const edit: Command = {
  name: 'edit',
  summary: 'open skein.json in your editor (VISUAL, else EDITOR)',
  examples: [
    { line: 'skein config edit', what: 'make it when it is missing' },
    { line: 'EDITOR="code --wait" skein config edit', what: 'in another editor, which must wait' },
  ],
  async run(context) {
    const editor = context.env['VISUAL'] || context.env['EDITOR'];
    if (!editor) return err(noEditor);
    const found = await context.workspace();
    if (!found.ok) return found;
    const { client, workspace } = found.value;
    const file = join(workspace.folder, 'skein.json');
    await writeFile(file, emptySettings, { flag: 'wx' }).catch(() => undefined);
    const edited = await runEditor(editor, file);
    if (!edited.ok) return edited;
    // The scan makes the engine read what was just written.
    await client.call('scan', { workspace: workspace.id });
    const view = await client.call('getSettings', { workspace: workspace.id });
    if (!view.ok) return view;
    if (view.value.problem !== null) return err(broken(file, view.value.problem));
    return ok({ json: view.value, write: () => `${file} is in force.` });
  },
};

/** The variable may hold switches, as `code --wait` does; a shell splits them as every other tool does. */
function runEditor(editor: string, file: string): Promise<Result<void>> {
  const child =
    process.platform === 'win32'
      ? spawn(`${editor} "${file}"`, { stdio: 'inherit', shell: true })
      : spawn('/bin/sh', ['-c', `${editor} "$1"`, 'sh', file], { stdio: 'inherit' });
  return new Promise((resolve) => {
    child.once('error', (cause) => resolve(err(editorFailed(editor, cause.message))));
    child.once('exit', (code) =>
      resolve(code === 0 ? ok(undefined) : err(editorFailed(editor, `it ended with ${code}`))),
    );
  });
}

const noEditor: Problem = problem(
  'bad-input',
  'EDITOR',
  'No editor is named.',
  'Set the variable EDITOR, for example EDITOR=nano, or use `skein config set KEY VALUE`.',
);

const editorFailed = (editor: string, reason: string): Problem =>
  problem('internal', editor, `The editor ${editor} failed: ${reason}.`, 'Check VISUAL and EDITOR.');

const broken = (file: string, reason: string): Problem =>
  problem(
    'settings-broken',
    file,
    reason,
    'The last good settings stay in force until it is mended: `skein config edit`.',
  );
