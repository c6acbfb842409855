/** A repository of 50,000 files with 50 tracked ones among them, made once per run. */
import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';

const projects = 30;
const foldersEach = 210;
const filesEach = 8;

/** 6,331 folders, 50,400 source files, 50 tracked files, which are the first commit. `root` is made. */
export function makeBigTree(root: string): void {
  for (let project = 0; project < projects; project++) {
    for (let folder = 0; folder < foldersEach; folder++) {
      const at = path.join(root, `project-${project}`, `module-${folder}`);
      mkdirSync(at, { recursive: true });
      for (let file = 0; file < filesEach; file++)
        writeFileSync(path.join(at, `file-${file}.ts`), 'export const x = 1;\n');
    }
  }
  for (let index = 0; index < 44; index++) {
    writeFileSync(
      path.join(root, `project-${index % projects}`, `module-${index}`, 'AGENTS.md'),
      `# Module ${index}\n`,
    );
  }
  for (const name of ['AGENTS.md', 'CLAUDE.md', 'ROADMAP.md', 'HANDOFF.md', 'SYNC_STATUS.md', 'GEMINI.md']) {
    writeFileSync(path.join(root, name), `# ${name}\n`);
  }
  const git = (...words: string[]) => execFileSync('git', ['-C', root, ...words]);
  git('init', '--quiet');
  git('add', '*.md');
  git('-c', 'user.name=Ada', '-c', 'user.email=ada@example.org', 'commit', '--quiet', '-m', 'The notes');
}
