import { describe, expect, it } from 'vitest';
import { diffTexts } from '../../../shared/domain/line-diff.ts';
import { sampleEdits, sampleFiles } from '../../../shared/domain/sample-workspace.ts';
import { readSettings } from '../../../shared/domain/settings-file.ts';
import { decodeText, looksBinary, looksCut } from '../../../shared/domain/text.ts';
import { encodeUtf8 } from '../../../shared/domain/utf8.ts';

/** Each edit with the text that it replaces. */
function history() {
  const textByPath = new Map(sampleFiles.map((file) => [file.path, file.text]));
  return sampleEdits.map((edit) => {
    const before = textByPath.get(edit.path);
    textByPath.set(edit.path, edit.text);
    return { ...edit, before };
  });
}
const changeOf = (edit: { before: string | undefined; text: string }) =>
  diffTexts(encodeUtf8(edit.before ?? ''), encodeUtf8(edit.text), { context: 3 });

describe('the sample files', () => {
  it('are the files that agents share', () => {
    expect(sampleFiles.map((file) => file.path)).toEqual([
      'AGENTS.md',
      'CLAUDE.md',
      'SYNC_STATUS.md',
      'AGENT_SYNC_CLAUDE.md',
      'AGENT_SYNC_CODEX.md',
      'docs/passation_claude.md',
      'docs/passation_codex.md',
      'ROADMAP.md',
      'docs/architecture/00-Overview.md',
      'HANDOFF.md',
      'skein.json',
    ]);
  });

  it('are clean Markdown: a title, Unix endings, a final newline, no trailing space', () => {
    const notes = [...sampleFiles, ...sampleEdits].filter(({ path }) => path.endsWith('.md'));
    for (const { text } of notes) {
      expect(decodeText(encodeUtf8(text))).toMatchObject({
        bom: false,
        lineEnding: 'lf',
        valid: true,
        finalNewline: true,
      });
      expect(looksBinary(encodeUtf8(text))).toBe(false);
      expect(text).toMatch(/^# \S/);
      expect(text).not.toMatch(/[ \t]$|\n\n\n|\n\n$/m);
    }
  });

  it('leave consolidating to whoever tries them', () => {
    const settings = readSettings(sampleFiles.find(({ path }) => path === 'skein.json')?.text ?? '');
    expect(settings.ok && settings.value.settings.consolidation_threshold).toBeGreaterThan(
      sampleEdits.length,
    );
  });

  it('refer only to files that are there', () => {
    const paths = sampleFiles.map((file) => file.path);
    const named = sampleFiles.flatMap((file) => file.text.match(/[\w/-]+\.md\b/g) ?? []);
    expect(named.length).toBeGreaterThan(4);
    for (const name of named) expect(paths).toContain(name);
  });

  it('hold no report yet', () => {
    for (const { text } of sampleFiles) expect(text).not.toContain('🤖');
  });
});

describe('the sample edits', () => {
  it('are by three agents and a person, enough for a consolidation', () => {
    expect(new Set(sampleEdits.map((edit) => edit.agent))).toEqual(
      new Set(['claude-code', 'codex-local', 'gemini-cli', 'human']),
    );
    expect(sampleEdits.length).toBeGreaterThanOrEqual(6);
    expect(sampleEdits.length).toBeLessThanOrEqual(8);
  });

  it('each change a file that is there, keeping most of it', () => {
    for (const edit of history()) {
      expect(edit.before).toBeDefined();
      const { added, removed, notes } = changeOf(edit);
      expect(added).toBeGreaterThan(0);
      expect(removed).toBeLessThan((edit.before ?? '').split('\n').length / 2);
      expect(notes).toEqual([]);
    }
  });

  it('build on each other where they meet', () => {
    const last = sampleEdits.findLast((edit) => edit.path === 'ROADMAP.md');
    expect(last?.text).toContain('- [x] Move only the hand');
    expect(last?.text).toContain('- [x] Neap tides within 5 cm');
  });

  it('are written whole: none looks cut', () => {
    for (const edit of history())
      expect(looksCut(encodeUtf8(edit.before ?? ''), encodeUtf8(edit.text))).toBe(false);
  });

  it('show word marks to a new user', () => {
    const lines = history().flatMap((edit) => changeOf(edit).hunks.flatMap((hunk) => hunk.lines));
    expect(lines.filter((line) => line.runs.some((run) => run.changed)).length).toBeGreaterThan(10);
  });
});
