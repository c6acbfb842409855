/** The exchange of index files, where the environment turns it on. */
import type { Clock, Log } from '../../../engine/ports.ts';
import type { IndexExchangeOfHost } from './exchange-contract.ts';
import { readExchangeSettings } from './exchange-settings.ts';
import { createIndexExchange } from './index-exchange.ts';

type Deps = {
  env: NodeJS.ProcessEnv;
  dataFolder: string;
  clock: Clock;
  log: Log;
  changed(): void;
  /** False: peers are asked only when somebody says so. */
  isActive: boolean;
};

/** Says what is wrong with its variables. Undefined when it is off. */
export function openIndexExchange(deps: Deps): IndexExchangeOfHost | undefined {
  const { settings, complaints } = readExchangeSettings(deps.env, deps.dataFolder);
  for (const complaint of complaints) deps.log.warn(complaint);
  if (settings === undefined) return undefined;
  const exchange = createIndexExchange({ ...deps, settings });
  if (deps.isActive) exchange.start();
  return exchange;
}
