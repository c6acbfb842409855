/** GET /api/openapi.json: an OpenAPI 3.1 document, made from the endpoint table and its schemas. */
import { z } from 'zod';
import { assert } from '../../shared/assert.ts';
import { type Endpoint, type EndpointName, endpoints } from '../../shared/contracts/app-api.ts';
import {
  appSettingsShape,
  changeShape,
  consolidationShape,
  diffLineShape,
  diffShape,
  doctorCheckShape,
  problemShape,
  statusShape,
  trackedFileShape,
  triggerShape,
  workspaceShape,
} from '../../shared/contracts/shapes.ts';
import { settingsShape } from '../../shared/domain/settings.ts';
import { settingsSchemaPath } from './settings-schema.ts';

type Json = Record<string, unknown>;

/** The document; `version` is the one of Skein. */
export function openApiDocument(version: string): Json {
  return {
    openapi: '3.1.0',
    info: {
      title: 'Skein',
      version,
      description: 'The app API of Skein: what agents changed in shared files, and its consolidation.',
      license: { name: 'MIT', identifier: 'MIT' },
    },
    servers: [{ url: 'http://127.0.0.1:7420' }],
    security: [{ token: [] }],
    paths: pathsOf(),
    components: {
      securitySchemes: {
        token: { type: 'http', scheme: 'bearer', description: 'The token that `skein token` prints.' },
      },
      schemas: componentSchemas(),
      responses: { Problem: problemAnswer },
    },
  };
}

/** Schemas that stand once under a name; whatever uses them refers to it. */
const shapeByName = {
  AppSettings: appSettingsShape,
  Change: changeShape,
  Consolidation: consolidationShape,
  Diff: diffShape,
  DiffLine: diffLineShape,
  DoctorCheck: doctorCheckShape,
  Problem: problemShape,
  Settings: settingsShape,
  Status: statusShape,
  TrackedFile: trackedFileShape,
  Trigger: triggerShape,
  Workspace: workspaceShape,
} satisfies Record<string, z.ZodType>;

const reference = (name: string) => ({ $ref: `#/components/schemas/${name}` });

/** Names of all answers too; endpoints that answer with one shape share its name. */
const nameByShape = new Map<z.ZodType, string>(
  Object.entries(shapeByName).map(([name, shape]) => [shape, name] as const),
);
for (const [name, { output }] of Object.entries(endpoints)) {
  if (!nameByShape.has(output)) nameByShape.set(output, `${name[0]?.toUpperCase()}${name.slice(1)}Output`);
}

function nameOf(shape: z.ZodType): string {
  const name = nameByShape.get(shape);
  assert(name !== undefined, 'every answer of the table has a name');
  return name;
}

function componentSchemas(): Json {
  const registry = z.registry<{ id: string }>();
  for (const [shape, id] of nameByShape) registry.add(shape, { id });
  const { schemas } = z.toJSONSchema(registry, {
    uri: (id) => `#/components/schemas/${id}`,
    override: allowMore,
  });
  return Object.fromEntries(Object.entries(schemas).map(([id, schema]) => [id, withoutIdentity(schema)]));
}

/** Answers may carry fields beyond the documented ones; a client that refuses them would break with each addition. */
function allowMore({ jsonSchema }: { jsonSchema: { additionalProperties?: unknown } }): void {
  if (jsonSchema.additionalProperties === false) delete jsonSchema.additionalProperties;
}

function withoutIdentity(schema: object): Json {
  const { $schema: _, $id: __, ...rest } = schema as Json;
  return rest;
}

function pathsOf(): Json {
  const paths: Record<string, Json> = {};
  const add = (path: string, method: string, operation: Json) => {
    paths[path] = { ...paths[path], [method]: operation };
  };
  for (const [name, endpoint] of Object.entries(endpoints) as [EndpointName, Endpoint][]) {
    add(toTemplate(endpoint.path), endpoint.method.toLowerCase(), operationOf(name, endpoint));
  }
  add('/api/events', 'get', eventsOperation);
  add('/api/metrics', 'get', metricsOperation);
  add('/api/openapi.json', 'get', documentOperation);
  add(settingsSchemaPath, 'get', settingsSchemaOperation);
  return paths;
}

const toTemplate = (path: string) => path.replace(/:([a-z_]+)/g, '{$1}');

type ObjectSchema = { properties?: Record<string, Json>; required?: string[] };

function operationOf(name: EndpointName, endpoint: Endpoint): Json {
  const input = z.toJSONSchema(endpoint.input, { io: 'input' }) as ObjectSchema;
  const inPath = new Set([...endpoint.path.matchAll(/:([a-z_]+)/g)].map(([, field]) => field));
  const fields = Object.entries(input.properties ?? {});
  const inQuery = endpoint.method === 'GET' ? fields.filter(([field]) => !inPath.has(field)) : [];
  const inBody = endpoint.method === 'GET' ? [] : fields.filter(([field]) => !inPath.has(field));
  const required = new Set(input.required ?? []);
  const parameter =
    (place: string) =>
    ([field, schema]: [string, Json]) => ({
      name: field,
      in: place,
      required: place === 'path' || required.has(field),
      schema,
    });
  return {
    operationId: name,
    summary: endpoint.summary,
    ...(endpoint.open ? { security: [] } : {}),
    parameters: [
      ...fields.filter(([field]) => inPath.has(field)).map(parameter('path')),
      ...inQuery.map(parameter('query')),
    ],
    ...(inBody.length === 0 ? {} : { requestBody: bodyOf(inBody, required) }),
    responses: answers({ 'application/json': { schema: reference(nameOf(endpoint.output)) } }),
  };
}

function bodyOf(fields: [string, Json][], requiredFields: ReadonlySet<string>): Json {
  const required = fields.map(([field]) => field).filter((field) => requiredFields.has(field));
  const schema = {
    type: 'object',
    properties: Object.fromEntries(fields),
    ...(required.length === 0 ? {} : { required }),
  };
  return { required: required.length > 0, content: { 'application/json': { schema } } };
}

const problemAnswer = {
  description: 'What happened, to which thing, and what to do. The code tells the cases apart.',
  content: {
    'application/json': {
      schema: { type: 'object', properties: { error: reference('Problem') }, required: ['error'] },
    },
  },
};

function answers(content: Json): Json {
  const failed = { $ref: '#/components/responses/Problem' };
  return { '200': { description: 'Done.', content }, '4XX': failed, '5XX': failed };
}

const eventsOperation = {
  operationId: 'followEvents',
  summary: 'Server-sent events that say that something changed: `event: changed` with JSON, `event: ping`',
  parameters: [],
  responses: answers({ 'text/event-stream': { schema: { type: 'string' } } }),
};
const metricsOperation = {
  operationId: 'getMetrics',
  summary: 'Metrics of one workspace for Prometheus',
  parameters: [{ name: 'workspace', in: 'query', required: false, schema: { type: 'string' } }],
  responses: answers({ 'text/plain': { schema: { type: 'string' } } }),
};
const documentOperation = {
  operationId: 'getOpenApi',
  summary: 'This document',
  parameters: [],
  responses: answers({ 'application/json': { schema: { type: 'object' } } }),
};
const settingsSchemaOperation = {
  operationId: 'getSettingsSchema',
  summary: 'The JSON schema of skein.json, for editors',
  security: [],
  parameters: [],
  responses: answers({ 'application/schema+json': { schema: { type: 'object' } } }),
};
