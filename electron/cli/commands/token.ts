/** skein token */
import { err, ok, problem } from '../../../shared/result.ts';
import { readToken, tokenFile } from '../../host/token-file.ts';
import type { Command } from '../context.ts';

export const token: Command = {
  name: 'token',
  summary: 'the secret that programs show to the API',
  details:
    'Who has it can read and change everything that Skein can. Do not put it into a log or a repository.',
  options: [{ flags: '--path', summary: 'print where it is kept, not the secret itself' }],
  examples: [
    {
      line: 'curl -H "Authorization: Bearer $(skein token)" http://127.0.0.1:7420/api/sync/status',
      what: 'ask the API',
    },
    { line: 'skein token --path', what: 'for programs that read the file themselves' },
  ],
  async run({ dataFolder }, _, { path: pathOnly }) {
    const path = tokenFile(dataFolder);
    if (pathOnly === true) return ok({ json: { path }, write: () => path });
    const secret = await readToken(dataFolder);
    if (secret === undefined) return err(noToken(path));
    return ok({ json: { token: secret, path }, write: () => secret });
  },
};

const noToken = (path: string) =>
  problem('not-found', path, `There is no token at ${path}.`, '`skein serve` makes one at its first start.');
