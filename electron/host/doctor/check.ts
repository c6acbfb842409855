/** How the doctor speaks: one check is one thing, in plain words, with what to do about it. */
import type { DoctorCheckJson } from '../../../shared/contracts/shapes.ts';

export type Check = DoctorCheckJson;

const check = (
  state: Check['state'],
  name: string,
  message: string,
  advice: string,
  mendable = false,
): Check => ({
  name,
  state,
  message,
  advice,
  mendable,
});

export const passed = (name: string, message: string): Check => check('ok', name, message, '');
export const skipped = (name: string, message: string): Check => check('skipped', name, message, '');
/** Works, but less well than it could. */
export const warning = (name: string, message: string, advice: string, mendable = false): Check =>
  check('warning', name, message, advice, mendable);
/** Does not work until somebody acts. */
export const failure = (name: string, message: string, advice: string, mendable = false): Check =>
  check('failure', name, message, advice, mendable);
