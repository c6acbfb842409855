/** Who runs this command, for the changes that it makes. */

const fixed: readonly { agent: string; isOn(env: NodeJS.ProcessEnv): boolean }[] = [
  { agent: 'claude-code', isOn: (env) => env['CLAUDECODE'] === '1' },
  { agent: 'codex-local', isOn: (env) => Object.keys(env).some((name) => name.startsWith('CODEX_')) },
  { agent: 'gemini-cli', isOn: (env) => env['GEMINI_CLI'] === '1' },
];

/**
 * SKEIN_AGENT, else the agent whose marks the environment carries, else `human`. A name that is none
 * (lower-case letters, digits, hyphens) counts as absent.
 */
export function callerAgent(env: NodeJS.ProcessEnv): string {
  const named = env['SKEIN_AGENT'] ?? '';
  if (/^[a-z0-9][a-z0-9-]{0,49}$/.test(named)) return named;
  return fixed.find(({ isOn }) => isOn(env))?.agent ?? 'human';
}
