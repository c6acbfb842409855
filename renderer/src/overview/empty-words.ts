/** What to expect of a list of pending changes in which there is none. */
import type { StatusJson } from '../../../shared/contracts/shapes.ts';

const wordsByState: Readonly<Record<StatusJson['state'], string>> = {
  starting: 'Skein still compares the files with its log; what changed meanwhile shows up here.',
  watching: 'When an agent edits a tracked file, the change shows up here at once.',
  polling: 'When an agent edits a tracked file, the change shows up here with the next check.',
  paused: 'Skein is paused. What agents change meanwhile shows up here when you resume.',
  disabled: 'Skein is turned off, so what agents change does not show up here.',
  error: 'Until what is said above is mended, a change may not show up here.',
};

export const emptyWords = (state: StatusJson['state']): string => wordsByState[state];
