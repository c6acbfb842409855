/** skein token */
import { err, ok, problem } from '../../../shared/result.ts';
import { readToken, tokenFile } from '../../host/token-file.ts';
import type { Command } from '../context.ts';

export const token: Command = {
  name: 'token',
  summary: 'the secret that programs show to the API',
  details:
    'Who has it can read and change everything that Skein can. Do not put it into a log or a repository.',
  options: [
    { flags: '--header', summary: 'print it as a header of HTTP' },
    { flags: '--path', summary: 'print where it is kept, not the secret itself' },
  ],
  examples: [
    {
      line: 'skein token --header | curl -H @- http://127.0.0.1:7420/api/sync/status',
      what: 'ask the API; arguments of curl would be seen by everybody on this machine',
    },
    { line: 'skein token --path', what: 'for programs that read the file themselves' },
  ],
  async run({ dataFolder }, _, { header, path: pathOnly }) {
    const path = tokenFile(dataFolder);
    if (pathOnly === true) return ok({ json: { path }, write: () => path });
    const secret = await readToken(dataFolder);
    if (secret === undefined) return err(noToken(path));
    const text = header === true ? `Authorization: Bearer ${secret}` : secret;
    return ok({ json: { token: secret, path }, write: () => text });
  },
};

const noToken = (path: string) =>
  problem('not-found', path, `There is no token at ${path}.`, '`skein serve` makes one at its first start.');
