/** skein config: skein.json of the workspace. */
import type { Output } from '../../../shared/contracts/app-api.ts';
import { settingsShape } from '../../../shared/domain/settings.ts';
import { ok, type Result } from '../../../shared/result.ts';
import type { Answer, Command, Context } from '../context.ts';
import { exitCodes } from '../exit-codes.ts';
import type { Style } from '../style.ts';
import { writeTable } from '../table.ts';
import { plainText } from '../text-width.ts';
import { edit } from './config-edit.ts';

type Settings = Output<'getSettings'>;

export const settingKeys: readonly string[] = Object.keys(settingsShape.shape).filter(
  (key) => key !== '$schema',
);
const key = { name: 'KEY', summary: 'name of a setting', choices: settingKeys };

const list: Command = {
  name: 'list',
  summary: 'all settings in force, and where they come from',
  details: 'Exits with 5 when skein.json is broken; the last good settings hold until it is mended.',
  examples: [{ line: 'skein config list', what: 'everything' }],
  run: listSettings,
};

const get: Command = {
  name: 'get',
  summary: 'one setting in force',
  args: [key],
  examples: [{ line: 'skein config get consolidation_threshold', what: 'how many changes start a report' }],
  async run(context, [name = '']) {
    const view = await readSettings(context);
    if (!view.ok) return view;
    const value = settingOf(view.value, name);
    return ok({ json: value, write: () => writeValue(value) });
  },
};

const set: Command = {
  name: 'set',
  summary: 'write one setting into skein.json, keeping its comments',
  args: [key, { name: 'VALUE', summary: 'JSON, or plain text' }],
  examples: [
    { line: 'skein config set consolidation_threshold 10', what: 'report after ten changes' },
    { line: 'skein config set locale fr', what: 'reports in French' },
    { line: `skein config set ignore '["docs/private/**"]'`, what: 'never track these' },
  ],
  run: (context, [name = '', text = '']) => change(context, name, readValue(text)),
};

const unset: Command = {
  name: 'unset',
  summary: 'take one setting out of skein.json, so that its default holds',
  args: [key],
  examples: [{ line: 'skein config unset locale', what: 'reports in English again' }],
  run: (context, [name = '']) => change(context, name, null),
};

export const config: Command = {
  name: 'config',
  summary: 'settings of the workspace, kept in its skein.json',
  commands: [list, get, set, unset, edit],
  examples: [
    { line: 'skein config', what: 'all settings in force' },
    { line: 'skein config set locale fr', what: 'change one' },
    { line: 'skein config edit', what: 'open skein.json in your editor' },
  ],
  run: listSettings,
};

async function readSettings(context: Context): Promise<Result<Settings>> {
  const found = await context.workspace();
  if (!found.ok) return found;
  return found.value.client.call('getSettings', { workspace: found.value.workspace.id });
}

async function listSettings(context: Context): Promise<Result<Answer>> {
  const view = await readSettings(context);
  if (!view.ok) return view;
  return ok({
    json: view.value,
    write: (style) => writeSettings(view.value, style),
    exitCode: view.value.problem === null ? exitCodes.ok : exitCodes.needsPerson,
  });
}

async function change(context: Context, name: string, value: unknown): Promise<Result<Answer>> {
  const found = await context.workspace();
  if (!found.ok) return found;
  const { client, workspace } = found.value;
  const changes = { [name]: value };
  const answer = await client.call('changeSettings', { workspace: workspace.id, changes });
  if (!answer.ok) return answer;
  const now = settingOf({ settings: answer.value.settings }, name);
  return ok({ json: answer.value, write: () => `${name} is ${writeValue(now)}` });
}

const settingOf = ({ settings }: Pick<Settings, 'settings'>, name: string): unknown =>
  (settings as Readonly<Record<string, unknown>>)[name];

/** What is no JSON is plain text, so that `fr` needs no quotes. */
function readValue(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return text;
  }
}

const writeValue = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value));

function writeSettings(view: Settings, style: Style): string {
  const rows = settingKeys.map((name) => ({
    name,
    value: writeValue(settingOf(view, name)),
    from: Object.hasOwn(view.from_file, name) ? 'skein.json' : 'default',
  }));
  const table = writeTable(
    rows,
    [
      { title: 'KEY', cell: ({ name }) => name },
      { title: 'VALUE', cell: ({ value }) => value, shrinks: 'start' },
      { title: 'FROM', cell: ({ from }) => from, paint: (text, _, { colors }) => colors.dim(text) },
    ],
    style,
  );
  if (view.problem === null) return table;
  return `${table}\n${style.colors.red('problem:')} ${plainText(view.problem)}`;
}
