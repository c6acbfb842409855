/** GET /skein.schema.json: what skein.json may say, for editors. Public like the page: it is the same for everybody. */
import { settingsJsonSchema } from '../../shared/domain/settings-file.ts';

export const settingsSchemaPath = '/skein.schema.json';

/** The JSON schema as its own media type. */
export const answerSettingsSchema = (): Response =>
  Response.json(settingsJsonSchema(), { headers: { 'content-type': 'application/schema+json' } });
