/** The permissions that a new file gets from the user's settings, as git and every other program give them. */
export const newFileMode = (): number => 0o666 & ~process.umask();
