/** skein completion */
import { ok } from '../../../shared/result.ts';
import { shells, writeCompletion } from '../completion.ts';
import type { Command } from '../context.ts';

/** `commands` is asked late, because this command is itself among them. */
export const completion = (commands: () => readonly Command[]): Command => ({
  name: 'completion',
  summary: 'print a script that completes skein commands in a shell',
  args: [{ name: 'SHELL', summary: 'which shell', choices: shells }],
  examples: [
    { line: 'source <(skein completion bash)', what: 'bash: in ~/.bashrc' },
    { line: 'source <(skein completion zsh)', what: 'zsh: in ~/.zshrc, after compinit' },
    { line: 'skein completion fish > ~/.config/fish/completions/skein.fish', what: 'fish: once' },
  ],
  async run(_, [shell]) {
    const chosen = shells.find((name) => name === shell) ?? 'bash';
    const script = writeCompletion(chosen, commands());
    return ok({ json: { shell: chosen, script }, write: () => script });
  },
});
