/** The autostart file of Linux desktops (Desktop Entry Specification, Autostart Specification of freedesktop.org). */
import { join } from 'node:path';
import { err, ok, problem, type Result } from '../../shared/result.ts';

/** Where the file belongs: XDG_CONFIG_HOME if it is an absolute path, else ~/.config. */
export function autostartFile(env: NodeJS.ProcessEnv, home: string): string {
  const configured = env['XDG_CONFIG_HOME'] ?? '';
  return join(configured.startsWith('/') ? configured : join(home, '.config'), 'autostart', 'skein.desktop');
}

/** The text of the file for a command of program and arguments. Fails with bad-input on what no entry can hold. */
export function autostartEntry(command: readonly string[]): Result<string> {
  const unfit = command.find((word) => /\p{Cc}/u.test(word));
  if (unfit !== undefined) {
    const message = `${JSON.stringify(unfit)} cannot be written into an autostart file: it holds control characters.`;
    return err(
      problem('bad-input', 'start at login', message, 'Install Skein in a folder with a plain name.'),
    );
  }
  const lines = [
    '[Desktop Entry]',
    'Type=Application',
    'Name=Skein',
    'Comment=Keeps the files that coding agents share in step',
    `Exec=${command.map(quote).join(' ')}`,
    'Icon=skein',
    'Terminal=false',
    'X-GNOME-Autostart-enabled=true',
  ];
  return ok(`${lines.join('\n')}\n`);
}

/** Whether an autostart file starts the program: users and session tools switch it off by these keys. */
export function startsAtLogin(entry: string): boolean {
  const lines = entry.split(/\r?\n/).map((line) => line.replace(/\s*=\s*/, '=').trim());
  return !lines.includes('Hidden=true') && !lines.includes('X-GNOME-Autostart-enabled=false');
}

/** Exec is unescaped twice: first as a string, then as a quoted word; %% stands for %. */
function quote(word: string): string {
  const inQuotes = word.replace(/["`$\\]/g, '\\$&').replaceAll('%', '%%');
  return `"${inQuotes.replaceAll('\\', '\\\\')}"`;
}
