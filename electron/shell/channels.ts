/** The names that the preload and the main process use for each other. */
export const channels = {
  chooseFolder: 'skein:choose-folder',
  getStartAtLogin: 'skein:get-start-at-login',
  setStartAtLogin: 'skein:set-start-at-login',
} as const;
