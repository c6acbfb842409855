/** skein serve */
import { ok } from '../../../shared/result.ts';
import { openBrowser } from '../../host/open-browser.ts';
import type { Command, Context } from '../context.ts';
import { timedLog } from '../log.ts';
import { wholeNumber } from '../read-option.ts';
import type { Serving } from '../serving.ts';
import { signInAddress } from '../show-dashboard.ts';
import { startingFolder } from '../starting-folder.ts';
import { stopSignal } from '../stop-signal.ts';
import { writeFacts } from '../table.ts';
import { plainText } from '../text-width.ts';

/** The port of the documents; `--port` chooses another. */
const usualPort = 7420;

export const serve: Command = {
  name: 'serve',
  summary: 'watch a repository and serve its dashboard, until stopped by Ctrl+C',
  details: `Without FOLDER it opens the repository around this folder, and always what was open before.
AUTOSYNC_ENABLED=0 in the environment turns watching off.`,
  args: [{ name: 'FOLDER', optional: true, summary: 'folder to watch, usually a git repository' }],
  options: [
    {
      flags: '-p, --port <PORT>',
      summary: `port to listen on; 0 takes a free one (default: ${usualPort})`,
      read: wholeNumber(0, 65_535),
    },
    { flags: '--open', summary: 'show the dashboard in the browser' },
    {
      flags: '--dev',
      summary: 'for development: `x-dev-bypass: 1` stands for the token, answers are checked',
    },
  ],
  examples: [
    { line: 'skein serve', what: 'watch the repository around this folder' },
    { line: 'skein serve ~/code/site --open', what: 'watch another one, and show it' },
    { line: 'skein serve --port 0 --json', what: 'on any free port, told as JSON in the first answer' },
  ],
  async run(context, [folder], values) {
    const { dataFolder, env, workingFolder } = context;
    const stopped = stopSignal();
    const serving = await context.startServing({
      folder: await startingFolder(folder, workingFolder, env),
      dataFolder,
      port: Number(values['port'] ?? usualPort),
      dev: values['dev'] === true,
      env,
      log: timedLog(context.tell, Date.now),
    });
    if (!serving.ok) return serving;
    tellReady(context, serving.value);
    if (values['open'] === true) await openBrowser(signInAddress(serving.value, serving.value.opened?.id));
    const signal = await stopped;
    await serving.value.stop();
    return ok({ json: { stopped: signal }, write: () => 'Skein has stopped.' });
  },
};

function tellReady({ print, globals, style }: Context, serving: Serving): void {
  print(globals.json ? JSON.stringify(readyJson(serving)) : readyText(serving, style));
}

function readyJson({ url, port, version, dataFolder, opened }: Serving) {
  const workspace = opened && { id: opened.id, name: opened.name, folder: opened.folder };
  return { url, port, pid: process.pid, version, data_folder: dataFolder, workspace: workspace ?? null };
}

function readyText(serving: Serving, style: Context['style']): string {
  const { colors } = style;
  const folders = serving.workspaces().map(({ folder, problem }) => {
    const reason = problem === null ? '' : `  ${colors.red('problem:')} ${problem.message} ${problem.advice}`;
    return plainText(folder) + reason;
  });
  const [first = 'none yet; the dashboard offers to choose one', ...others] = folders;
  const facts = writeFacts(
    [
      ['Dashboard', colors.cyan(dashboardAddress(serving, style))],
      ['Watching', first],
      ...others.map((folder): [string, string] => ['', folder]),
      ['Data', plainText(serving.dataFolder)],
      ['Stop', 'Ctrl+C'],
    ],
    style,
  );
  return `\nSkein ${serving.version} is running.\n\n${facts}\n`;
}

/** The address that signs in holds the token, which must not end up in the file that a service logs to. */
function dashboardAddress(serving: Serving, { isTerminal }: Context['style']): string {
  return isTerminal
    ? signInAddress(serving, serving.opened?.id)
    : `${serving.url}  (\`skein open\` signs a browser in)`;
}
