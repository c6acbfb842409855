import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  agentFromFileName,
  agentFromProcess,
  agentFromTrailers,
  agentLabel,
  type CommitTraces,
  knownAgents,
} from '../../../shared/domain/agents.ts';

function commit(changes: Partial<CommitTraces> = {}): CommitTraces {
  return {
    authorName: 'Jane Doe',
    authorEmail: 'jane@corp.org',
    message: 'Tidy up',
    trailers: [],
    ...changes,
  };
}
const coAuthored = (value: string) => commit({ trailers: [{ key: 'co-authored-by', value }] });
const agentOf = (it: CommitTraces) => agentFromTrailers(it)?.agent;

describe('knownAgents', () => {
  test('holds each name once, in the form that skein.json allows', () => {
    const names = knownAgents.map((agent) => agent.name);
    expect(new Set(names).size).toBe(names.length);
    expect(names.filter((name) => !/^[a-z0-9][a-z0-9-]{0,49}$/.test(name))).toEqual([]);
    expect(names).toEqual(
      expect.arrayContaining(['claude-code', 'codex-local', 'codex-cloud', 'gemini-cli', 'human', 'skein']),
    );
  });

  test('has a label for each, and leaves unknown names as they are', () => {
    expect(agentLabel('claude-code')).toBe('Claude Code');
    expect(agentLabel('unknown')).toBe('Unknown');
    expect(agentLabel('our-own-bot')).toBe('our-own-bot');
  });
});

describe('agentFromFileName', () => {
  test.each([
    ['AGENT_SYNC_CLAUDE.md', 'claude-code'],
    ['AGENT_SYNC_CODEX.md', 'codex-local'],
    ['AGENT_SYNC_GEMINI.md', 'gemini-cli'],
    ['docs/passation_claude.md', 'claude-code'],
    ['docs/passation_codex.md', 'codex-local'],
    ['docs/passation_codex_cloud.md', 'codex-cloud'],
    ['docs/passation-codex-local.md', 'codex-local'],
    ['CLAUDE-notes.md', 'claude-code'],
    ['memory-bank/claudeProgress.md', 'claude-code'],
    ['gemini.log.md', 'gemini-cli'],
    ['HANDOFF_CURSOR.md', 'cursor'],
    ['notes/devin-session-2026-11-21.md', 'devin'],
  ])('%s was written by %s', (path, agent) => {
    expect(agentFromFileName(path)?.agent).toBe(agent);
  });

  test.each([
    'CLAUDE.md',
    'claude.md',
    'packages/web/CLAUDE.md',
    'CLAUDE.local.md',
    'GEMINI.md',
    'AGENTS.md',
    '.github/copilot-instructions.md',
    '.claude/agents/codex-review.md',
    '.cursor/rules/notes.mdc',
    'AGENT_SYNC.md',
    'SYNC_STATUS.md',
    'docs/architecture/cursor-pagination.md',
    'docs/architecture/codex-pricing.md',
    'notes/amplifier-notes.md',
    'claude/notes.md',
    'handoff_claude_to_codex.md',
    'HANDOFF.md',
    '',
  ])('%j does not tell', (path) => {
    expect(agentFromFileName(path)).toBeUndefined();
  });

  test('says in a sentence what told', () => {
    expect(agentFromFileName('docs/passation_codex.md')?.detail).toBe(
      "The file's name, passation_codex.md, names Codex.",
    );
  });

  test('any name gives an agent that we know, or nothing', () => {
    const words = fc.constantFrom('claude', 'Codex', 'cloud', 'GEMINI', 'sync', 'notes', 'x', '.', '/', '_');
    fc.assert(
      fc.property(fc.array(words, { maxLength: 8 }), (parts) => {
        const found = agentFromFileName(parts.join('-'));
        if (found) expect(knownAgents.map((agent) => agent.name)).toContain(found.agent);
      }),
    );
  });
});

describe('agentFromTrailers finds the agent that a trailer names', () => {
  test.each([
    ['Claude <noreply@anthropic.com>', 'claude-code'],
    ['Claude Opus 4.6 (1M context) <noreply@anthropic.com>', 'claude-code'],
    ['Some Future Model <noreply@anthropic.com>', 'claude-code'],
    ['Claude', 'claude-code'],
    ['Codex <noreply@openai.com>', 'codex-local'],
    ['Codex <codex@openai.com>', 'codex-local'],
    ['Codex <noreply@anthropic.com>', 'codex-local'],
    ['OpenAI Codex CLI <x@y.org>', 'codex-local'],
    [
      'chatgpt-codex-connector[bot] <199175422+chatgpt-codex-connector[bot]@users.noreply.github.com>',
      'codex-cloud',
    ],
    ['Gemini <noreply@google.com>', 'gemini-cli'],
    ['Gemini CLI <gemini@google.com>', 'gemini-cli'],
    ['gemini-code-assist[bot] <176961590+gemini-code-assist[bot]@users.noreply.github.com>', 'gemini-cli'],
    ['Cursor <cursoragent@cursor.com>', 'cursor'],
    ['Cursor Agent <CURSORAGENT@CURSOR.COM>', 'cursor'],
    ['Copilot <175728472+Copilot@users.noreply.github.com>', 'copilot'],
    ['copilot-swe-agent[bot] <198982749+copilot-swe-agent[bot]@users.noreply.github.com>', 'copilot'],
    ['aider (gpt-4o) <noreply@aider.chat>', 'aider'],
    ['aider <aider@aider.chat>', 'aider'],
    ['devin-ai-integration[bot] <158243242+devin-ai-integration[bot]@users.noreply.github.com>', 'devin'],
    ['Devin AI <devin@cognition-labs.com>', 'devin'],
    ['Windsurf <windsurf@codeium.com>', 'windsurf'],
    ['Windsurf Cascade', 'windsurf'],
    ['Amp <amp@ampcode.com>', 'amp'],
    ['opencode <noreply@opencode.ai>', 'opencode'],
    ['opencode-agent[bot] <opencode-agent[bot]@users.noreply.github.com>', 'opencode'],
    ['google-labs-jules[bot] <161369871+google-labs-jules[bot]@users.noreply.github.com>', 'jules'],
  ])('Co-Authored-By: %s', (value, agent) => {
    expect(agentOf(coAuthored(value))).toBe(agent);
  });

  test.each([
    ['assisted-by', 'Claude:claude-opus-4.6', 'claude-code'],
    ['made-with', 'Cursor', 'cursor'],
    ['Generated-By', 'GitHub Copilot', 'copilot'],
    ['ai-agent', 'codex', 'codex-local'],
  ])('%s: %s', (key, value, agent) => {
    expect(agentOf(commit({ trailers: [{ key, value }] }))).toBe(agent);
  });

  test('people among the co-authors are passed over', () => {
    const trailers = ['Max <max@corp.org>', 'Claude <noreply@anthropic.com>'].map((value) => ({
      key: 'co-authored-by',
      value,
    }));
    expect(agentOf(commit({ trailers }))).toBe('claude-code');
  });

  test('a sign-off or a review by an agent is not its work', () => {
    const trailers = [{ key: 'reviewed-by', value: 'Claude <noreply@anthropic.com>' }];
    expect(agentOf(commit({ trailers }))).toBe('human');
  });

  test('the detail quotes the trailer on one line', () => {
    const found = agentFromTrailers(coAuthored('Claude Opus 4.6 <noreply@anthropic.com>'));
    expect(found?.detail).toBe(
      'The commit of Jane Doe says "co-authored-by: Claude Opus 4.6 <noreply@anthropic.com>".',
    );
  });
});

describe('agentFromTrailers reads the message', () => {
  test.each([
    ['Fix\n\n🤖 Generated with [Claude Code](https://claude.ai/code)\n', 'claude-code'],
    ['Fix\n\nGenerated with opencode', 'opencode'],
    ['Fix\n\n- Generated by Codex CLI.', 'codex-local'],
    ['Squash (#12)\n\n* one\n\nCo-authored-by: Cursor <cursoragent@cursor.com>\n\n* two\n', 'cursor'],
    ['Fix\n\nMade-with: Cursor', 'cursor'],
  ])('%j', (message, agent) => {
    expect(agentOf(commit({ message }))).toBe(agent);
  });

  test.each([
    'Explain how text generated by Claude is stored',
    'Fix\n\nThe tables were generated with a script.',
    'Ask Claude about naming\n\nCodex disagreed.',
    'agent: codex',
    'Fix\n\nSee Co-authored-by: Claude in the docs',
  ])('%j names no agent', (message) => {
    expect(agentOf(commit({ message }))).toBe('human');
  });
});

describe('agentFromTrailers looks at the author', () => {
  test.each([
    ['Claude', 'noreply@anthropic.com', 'claude-code'],
    ['Claude', '', 'claude-code'],
    ['Claude', 'claude@localhost', 'claude-code'],
    ['claude[bot]', '209825114+claude[bot]@users.noreply.github.com', 'claude-code'],
    ['copilot-swe-agent[bot]', '198982749+Copilot@users.noreply.github.com', 'copilot'],
    ['Cursor Agent', 'cursoragent@cursor.com', 'cursor'],
    ['Jane Doe (aider)', 'jane@corp.org', 'aider'],
    ['devin-ai-integration[bot]', '', 'devin'],
    ['google-labs-jules[bot]', '', 'jules'],
    ['Amp', 'amp@ampcode.com', 'amp'],
  ])('%s <%s> is %s', (authorName, authorEmail, agent) => {
    expect(agentOf(commit({ authorName, authorEmail }))).toBe(agent);
  });

  test.each([
    ['Claude', 'claude@dupont.fr'],
    ['Claude Monet', 'noreply@giverny.fr'],
    ['Claude Shannon', ''],
    ['Devin Campbell', 'devin@corp.org'],
    ['Devin', 'devin@corp.org'],
    ['Jules', 'jules@verne.fr'],
    ['Jules Verne', ''],
    ['Boris', 'boris@anthropic.com'],
    ['Gemini', 'gemini@stars.org'],
    ['Jane Doe', '12+jane@users.noreply.github.com'],
    ['', 'jane@corp.org'],
  ])('%s <%s> is a person', (authorName, authorEmail) => {
    const found = agentFromTrailers(commit({ authorName, authorEmail }));
    expect(found?.agent).toBe('human');
    expect(found?.detail).toContain(authorName || authorEmail);
  });

  test.each([
    ['dependabot[bot]', '49699333+dependabot[bot]@users.noreply.github.com'],
    ['github-actions', 'actions@github.com'],
    ['Our Robot', 'our-robot[bot]@users.noreply.github.com'],
    ['', ''],
  ])('%s <%s> is neither an agent nor a person', (authorName, authorEmail) => {
    expect(agentFromTrailers(commit({ authorName, authorEmail }))).toBeUndefined();
  });

  test('an agent as the author wins over one that a trailer names', () => {
    const trailers = [{ key: 'co-authored-by', value: 'Codex <noreply@openai.com>' }];
    expect(agentOf(commit({ authorName: 'Claude', authorEmail: 'noreply@anthropic.com', trailers }))).toBe(
      'claude-code',
    );
  });

  test('a robot that names an agent is that agent', () => {
    const trailers = [{ key: 'co-authored-by', value: 'Claude <noreply@anthropic.com>' }];
    expect(agentOf(commit({ authorName: 'github-actions[bot]', authorEmail: '', trailers }))).toBe(
      'claude-code',
    );
  });

  test('the detail is one line of bounded length whatever stands in the commit', () => {
    const text = fc.string({ unit: 'binary', maxLength: 300 });
    fc.assert(
      fc.property(text, text, text, text, (authorName, authorEmail, message, value) => {
        const trailers = [{ key: 'co-authored-by', value: `Claude <${value}` }];
        const found = agentFromTrailers({ authorName, authorEmail, message, trailers });
        if (found === undefined) return;
        expect(found.detail).not.toMatch(/\p{Cc}/u);
        expect(found.detail.length).toBeLessThan(300);
      }),
    );
  });
});

describe('agentFromProcess', () => {
  test.each([
    ['claude', 'claude-code'],
    ['/home/jane/.local/bin/claude --resume', 'claude-code'],
    ['node /usr/local/bin/claude -p "fix it"', 'claude-code'],
    ['node --no-warnings /usr/lib/node_modules/@anthropic-ai/claude-code/cli.js', 'claude-code'],
    ['npx -y @anthropic-ai/claude-code@latest', 'claude-code'],
    [
      '"C:\\Program Files\\nodejs\\node.exe" C:\\npm\\node_modules\\@anthropic-ai\\claude-code\\cli.js',
      'claude-code',
    ],
    ['C:\\Users\\jane\\.local\\bin\\claude.exe', 'claude-code'],
    ['codex exec --full-auto', 'codex-local'],
    ['/opt/codex/codex-x86_64-unknown-linux-musl', 'codex-local'],
    ['node /usr/lib/node_modules/@openai/codex/bin/codex.js', 'codex-local'],
    ['gemini --yolo', 'gemini-cli'],
    ['node --require ./hook.js /usr/bin/gemini', 'gemini-cli'],
    ['cursor-agent --print', 'cursor'],
    [
      '/home/jane/.local/share/cursor-agent/versions/1/node --use-system-ca /home/jane/.local/share/cursor-agent/versions/1/index.js',
      'cursor',
    ],
    ['copilot', 'copilot'],
    ['aider --model x', 'aider'],
    ['/usr/bin/python3.12 /home/jane/.local/bin/aider', 'aider'],
    ['python -m aider', 'aider'],
    ['uv tool run aider', 'aider'],
    ['uvx --from aider-chat aider', 'aider'],
    ['opencode', 'opencode'],
    ['bunx opencode-ai@1.0.0', 'opencode'],
    ['amp', 'amp'],
    ['npm exec @sourcegraph/amp', 'amp'],
  ])('%s', (command, agent) => {
    expect(agentFromProcess(command)).toBe(agent);
  });

  test.each([
    '',
    'vim CLAUDE.md',
    'code claude',
    'bash -c "claude -p hello"',
    'node',
    'node server.js claude',
    'node -e "claude"',
    'python3 -c print aiderless',
    'tail -f /var/log/codex',
    '/usr/bin/less /home/claude/notes.md',
    '/home/claude/bin/vim',
    '/Applications/Claude.app/Contents/MacOS/Claude',
    'claude-notes',
    'codexia',
    'git commit -m codex',
    'npx prettier CLAUDE.md',
  ])('%j is no agent', (command) => {
    expect(agentFromProcess(command)).toBeUndefined();
  });

  test('arguments never make an agent of an editor', () => {
    const editors = fc.constantFrom('vim', 'nano', 'emacs', '/usr/bin/code', 'cat', 'grep');
    const mentions = fc.constantFrom('claude', 'codex', '/usr/bin/aider', '@openai/codex', '"gemini"');
    fc.assert(
      fc.property(editors, fc.array(mentions, { maxLength: 5 }), (editor, rest) => {
        expect(agentFromProcess([editor, ...rest].join(' '))).toBeUndefined();
      }),
    );
  });
});
