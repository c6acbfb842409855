/** Which store a device chose, as the API tells it. */
import { z } from 'zod';
import { storeKinds } from '../domain/knowledge/store-choice.ts';

export const chosenStoreShape = z.object({
  kind: z.enum(storeKinds),
  /** As it was set, without a login; null of the embedded one, and where the environment says it. */
  url: z.string().nullable(),
  /** Where the vectors go; null where they stay in Skein, and where nothing says it. */
  host: z.string().nullable(),
  /** Whether they stay on this machine. */
  local: z.boolean(),
  /** Patterns of the files whose passages go to another machine; empty means all. */
  only: z.array(z.string()),
  /** The address in KNOWLEDGE_STORE_URL, without a password. */
  from_environment: z.string().nullable(),
  /** What the names of everything that this device puts on servers have in them; null before the first choice. */
  device: z.string().nullable(),
});
export type ChosenStoreJson = z.infer<typeof chosenStoreShape>;
