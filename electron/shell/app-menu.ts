/** The menu of the application. */
import { Menu } from 'electron';

/**
 * macOS needs a menu for copy, paste and quit by keyboard. Elsewhere there is none: the default one would offer to
 * reload the page and links to strangers, and Chromium knows copy and paste by itself.
 */
export function setAppMenu(platform: NodeJS.Platform): void {
  const roles = ['appMenu', 'editMenu', 'windowMenu'] as const;
  const menu = platform === 'darwin' ? Menu.buildFromTemplate(roles.map((role) => ({ role }))) : null;
  Menu.setApplicationMenu(menu);
}
