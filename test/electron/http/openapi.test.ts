import { describe, expect, test } from 'vitest';
import { openApiDocument } from '../../../electron/http/openapi.ts';
import { type Endpoint, endpoints } from '../../../shared/contracts/app-api.ts';
import { createTinyApp } from '../../support/tiny-app.ts';

// The document is walked like any JSON.
// biome-ignore lint/suspicious/noExplicitAny: its shape is what the test finds out
type Json = { [key: string]: any };

const document = JSON.parse(JSON.stringify(openApiDocument('1.2.3'))) as Json;
const operations = Object.entries(document.paths as Json).flatMap(([path, item]) =>
  Object.entries(item as Json).map(([method, operation]) => ({ path, method, operation: operation as Json })),
);

function everyValue(value: unknown): unknown[] {
  if (typeof value !== 'object' || value === null) return [];
  return [value, ...Object.values(value).flatMap(everyValue)];
}

describe('structure', () => {
  test('is OpenAPI 3.1 with the members that it demands', () => {
    expect(document.openapi).toBe('3.1.0');
    expect(document.info).toMatchObject({ title: 'Skein', version: '1.2.3' });
    expect(Object.keys(document).toSorted()).toEqual([
      'components',
      'info',
      'openapi',
      'paths',
      'security',
      'servers',
    ]);
    expect(document.components.securitySchemes.token).toMatchObject({ type: 'http', scheme: 'bearer' });
    expect(document.security).toEqual([{ token: [] }]);
  });

  test('every reference leads somewhere', () => {
    const references = everyValue(document)
      .map((value) => (value as Json).$ref)
      .filter((reference) => reference !== undefined);
    expect(references.length).toBeGreaterThan(30);
    for (const reference of references) {
      const found = String(reference)
        .replace('#/', '')
        .split('/')
        .reduce<Json | undefined>((value, key) => value?.[key], document);
      expect(found, reference).toBeTypeOf('object');
    }
  });

  test('schemas are plain JSON Schema 2020-12, without identities of their own', () => {
    for (const value of everyValue(document.components.schemas) as Json[]) {
      // A field of skein.json is called $schema; an identity would be a text.
      expect(value.$schema).not.toBeTypeOf('string');
      expect(value.$id).not.toBeTypeOf('string');
      expect(value).not.toHaveProperty('nullable');
    }
  });

  test('operations have one name each, and an answer for success and failure', () => {
    const names = operations.map(({ operation }) => operation.operationId);
    expect(new Set(names).size).toBe(names.length);
    for (const { operation, path } of operations) {
      expect(operation.summary, path).toMatch(/\w/);
      expect(Object.keys(operation.responses), path).toEqual(['200', '4XX', '5XX']);
      expect(operation.responses['200'].content, path).toBeTypeOf('object');
      expect(operation.responses['200'].description, path).toBeTypeOf('string');
    }
  });

  test('path parameters are exactly those of the path, and required', () => {
    for (const { operation, path } of operations) {
      const inPath = [...path.matchAll(/\{([a-z_]+)\}/g)].map(([, name]) => name);
      const declared = (operation.parameters as Json[]).filter((parameter) => parameter.in === 'path');
      expect(
        declared.map((parameter) => parameter.name),
        path,
      ).toEqual(inPath);
      expect(
        declared.every((parameter) => parameter.required),
        path,
      ).toBe(true);
      for (const parameter of operation.parameters as Json[]) expect(parameter.schema).toBeTypeOf('object');
    }
  });

  test('GET has no body; a body has the fields that are not in the path', () => {
    for (const { operation, method } of operations) {
      if (method === 'get') expect(operation).not.toHaveProperty('requestBody');
    }
    const restore = document.paths['/api/restore'].post.requestBody;
    expect(restore.required).toBe(true);
    expect(Object.keys(restore.content['application/json'].schema.properties)).toEqual([
      'workspace',
      'path',
      'version',
      'agent',
    ]);
    expect(restore.content['application/json'].schema.required).toEqual(['path', 'version']);
    expect(document.paths['/api/sync/consolidate'].post.requestBody.required).toBe(false);
  });
});

test.each(Object.entries(endpoints) as [string, Endpoint][])('%s is in it', (name, endpoint) => {
  const path = endpoint.path.replace(/:([a-z_]+)/g, '{$1}');
  const operation = document.paths[path][endpoint.method.toLowerCase()] as Json;
  expect(operation.operationId).toBe(name);
  expect(operation.summary).toBe(endpoint.summary);
  expect(operation.security).toEqual(endpoint.open ? [] : undefined);
  const fields = [
    ...(operation['parameters'] as Json[]).map((parameter) => parameter.name),
    ...Object.keys(operation['requestBody']?.content['application/json'].schema.properties ?? {}),
  ];
  expect(fields.toSorted()).toEqual(Object.keys(endpoint.input.shape).toSorted());
});

test('query fields are described as they are written, answers as they are sent', () => {
  const { parameters } = document.paths['/api/changes'].get;
  const byName = Object.fromEntries((parameters as Json[]).map((it) => [it.name, it]));
  expect(byName['limit']).toMatchObject({
    in: 'query',
    required: false,
    schema: { type: 'integer', minimum: 1, maximum: 1000 },
  });
  expect(byName['pending'].schema.enum).toContain('true');
  const change = document.components.schemas.Change;
  expect(change.required).toContain('agent_owner');
  expect(change, 'answers may grow').not.toHaveProperty('additionalProperties');
  expect(document.components.schemas.GetChangeOutput.properties.change.$ref).toBe(
    '#/components/schemas/Change',
  );
  const status = document.paths['/api/sync/status'].get.responses['200'].content['application/json'];
  expect(status.schema.$ref).toBe('#/components/schemas/Status');
});

test('events, metrics and the document itself are in it', () => {
  expect(document.paths['/api/events'].get.responses['200'].content).toHaveProperty('text/event-stream');
  expect(document.paths['/api/metrics'].get.responses['200'].content).toHaveProperty('text/plain');
  expect(document.paths['/api/openapi.json'].get.operationId).toBe('getOpenApi');
});

test('the app serves it with its own version', async () => {
  const response = await createTinyApp().ask('/api/openapi.json');
  expect(response.status).toBe(200);
  expect(((await response.json()) as Json).info.version).toBe('9.9.9');
});
