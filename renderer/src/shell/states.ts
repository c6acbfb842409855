/** The states of a workspace in words and icons. */
import CircleAlert from '@lucide/svelte/icons/circle-alert';
import CircleSlash from '@lucide/svelte/icons/circle-slash';
import Eye from '@lucide/svelte/icons/eye';
import LoaderCircle from '@lucide/svelte/icons/loader-circle';
import Pause from '@lucide/svelte/icons/pause';
import RefreshCw from '@lucide/svelte/icons/refresh-cw';
import type { StatusJson } from '../../../shared/contracts/shapes.ts';

export type WorkspaceState = StatusJson['state'];
export type StateLook = {
  label: string;
  meaning: string;
  tint: 'good' | 'warn' | 'bad' | 'neutral';
  icon: typeof Eye;
};

export const lookByState: Readonly<Record<WorkspaceState, StateLook>> = {
  starting: {
    label: 'Starting',
    meaning: 'Comparing the tracked files with the log.',
    tint: 'neutral',
    icon: LoaderCircle,
  },
  watching: {
    label: 'Watching',
    meaning: 'Changes show up the moment they are made.',
    tint: 'good',
    icon: Eye,
  },
  polling: {
    label: 'Checking regularly',
    meaning: 'The disk cannot tell us about changes here, so Skein looks for them itself.',
    tint: 'good',
    icon: RefreshCw,
  },
  paused: {
    label: 'Paused',
    meaning: 'Nothing is recorded until you resume; what happens meanwhile is found then.',
    tint: 'warn',
    icon: Pause,
  },
  disabled: {
    label: 'Turned off',
    meaning: 'AUTOSYNC_ENABLED=0 is set where Skein was started. Start it without to watch again.',
    tint: 'warn',
    icon: CircleSlash,
  },
  error: {
    label: 'Needs attention',
    meaning: 'Something keeps Skein from working fully.',
    tint: 'bad',
    icon: CircleAlert,
  },
};
