/** This installation: is it up, its own settings, what is wrong with its surroundings. */
import { ok } from '../../../shared/result.ts';
import type { Handler } from '../deps.ts';

/** Needs no token, so it tells nothing but that a Skein is here. */
export const getHealth: Handler<'getHealth'> = ({ host }) =>
  ok({ status: 'ok', version: host.version, name: 'skein' });

/** Settings of the installation: notifications, theme, start at login. */
export const getAppSettings: Handler<'getAppSettings'> = ({ host }) => ok(host.appSettings());

/** Changes the settings that are given and answers with all. */
export const changeAppSettings: Handler<'changeAppSettings'> = ({ host }, changes) =>
  host.changeAppSettings(definedOnly(changes));

type Defined<Fields> = { [Key in keyof Fields]?: Exclude<Fields[Key], undefined> };

/** A field that is present and undefined would overwrite the setting with nothing. */
function definedOnly<Fields extends object>(fields: Fields): Defined<Fields> {
  return Object.fromEntries(
    Object.entries(fields).filter(([, value]) => value !== undefined),
  ) as Defined<Fields>;
}

/** Looks at what users trip over; changes nothing. */
export const runDoctor: Handler<'runDoctor'> = async ({ runDoctor: check }) => ok({ checks: await check() });
