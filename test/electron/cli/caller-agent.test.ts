import { expect, test } from 'vitest';
import { callerAgent } from '../../../electron/cli/caller-agent.ts';

test.each([
  [{}, 'human'],
  [{ CLAUDECODE: '1' }, 'claude-code'],
  [{ CODEX_SANDBOX: 'seatbelt' }, 'codex-local'],
  [{ GEMINI_CLI: '1' }, 'gemini-cli'],
  [{ SKEIN_AGENT: 'my-agent', CLAUDECODE: '1' }, 'my-agent'],
  [{ SKEIN_AGENT: 'Not A Name', CLAUDECODE: '1' }, 'claude-code'],
  [{ SKEIN_AGENT: '' }, 'human'],
])('with %o it is %s', (env, agent) => {
  expect(callerAgent(env)).toBe(agent);
});
