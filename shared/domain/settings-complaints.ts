/** What is wrong with a value of skein.json, as the end of a sentence that starts with the key. */
import type { z } from 'zod';
import { settingsShape } from './settings.ts';

type Issue = z.core.$ZodIssue;
type JsonPath = readonly PropertyKey[];
/** The parts of a JSON schema that our settings use. */
type Schema = {
  type?: string;
  enum?: readonly string[];
  minimum?: number;
  maximum?: number;
  maxItems?: number;
  maxLength?: number;
  pattern?: string;
  required?: readonly string[];
  properties?: Record<string, Schema>;
  items?: Schema;
  anyOf?: readonly Schema[];
};

const shownCharacters = 40;
/** Edits within which an unknown key is taken for a slip of a known one. */
const slipEdits = 3;

/** "consolidation_threshold" must be a whole number from 0 to 100000, not "five" */
export function complaintOf(issue: Issue, schema: object, value: unknown): string {
  if (issue.code === 'unrecognized_keys') return unknownKeyComplaint(issue.keys[0] ?? '', issue.path);
  const expected = describe(schemaAt(schema, issue.path));
  const name = nameOf(issue.path);
  if (value === undefined) return `${name} is missing; it must be ${expected}`;
  return `${name} must be ${expected}, not ${show(value)}`;
}

/** How a person calls the place of a path: "pattern" of entry 2 in "track". */
export function nameOf(path: JsonPath): string {
  const [key, index, inner] = path;
  if (key === undefined) return 'it';
  if (index === undefined) return JSON.stringify(key);
  const entry = `entry ${Number(index) + 1} in ${JSON.stringify(key)}`;
  return inner === undefined ? entry : `${JSON.stringify(inner)} of ${entry}`;
}

function unknownKeyComplaint(key: string, path: JsonPath): string {
  const where = path.length === 0 ? '' : ` of ${nameOf(path)}`;
  const known = Object.keys(settingsShape.shape);
  const meant = path.length === 0 ? known.find((it) => editDistance(it, key) <= slipEdits) : undefined;
  const hint = meant === undefined ? '' : `; did you mean ${JSON.stringify(meant)}?`;
  return `${show(key)}${where} is not a setting${hint}`;
}

function schemaAt(schema: Schema, path: JsonPath): Schema {
  return path.reduce<Schema>((at, step) => {
    return (typeof step === 'number' ? at.items : at.properties?.[String(step)]) ?? {};
  }, schema);
}

function describe(schema: Schema): string {
  if (schema.anyOf !== undefined) return schema.anyOf.map(describe).join(' or ');
  if (schema.enum !== undefined) return `one of ${schema.enum.map((it) => JSON.stringify(it)).join(', ')}`;
  if (schema.type === 'integer') return `a whole number from ${schema.minimum} to ${schema.maximum}`;
  if (schema.type === 'number') return `a number from ${schema.minimum} to ${schema.maximum}`;
  if (schema.type === 'boolean') return 'true or false';
  if (schema.type === 'array') return `a list of at most ${schema.maxItems} entries in square brackets`;
  if (schema.type === 'null') return 'null';
  if (schema.type === 'object') return describeObject(schema);
  if (schema.pattern !== undefined)
    return 'a name in lower-case letters, digits and hyphens, such as claude-code';
  return schema.maxLength === undefined ? 'a text' : `a text of 1 to ${schema.maxLength} characters`;
}

function describeObject(schema: Schema): string {
  const keys = (schema.required ?? []).map((key) => JSON.stringify(key)).join(' and ');
  return keys === '' ? 'an object in braces' : `an object in braces with ${keys}`;
}

function show(value: unknown): string {
  if (Array.isArray(value)) return `a list of ${value.length} entries`;
  if (typeof value === 'object' && value !== null) return 'an object';
  const text = typeof value === 'string' ? JSON.stringify(value) : String(value);
  return text.length > shownCharacters ? `${text.slice(0, shownCharacters)}…` : text;
}

/** Levenshtein's distance, by rows; long texts are far from every key. */
function editDistance(left: string, right: string): number {
  if (Math.abs(left.length - right.length) > slipEdits) return Number.POSITIVE_INFINITY;
  let row = Array.from({ length: right.length + 1 }, (_, index) => index);
  for (const [leftIndex, character] of [...left].entries()) {
    const next = [leftIndex + 1];
    for (let index = 1; index <= right.length; index += 1) {
      const swap = (row[index - 1] ?? 0) + (right[index - 1] === character ? 0 : 1);
      next.push(Math.min(swap, (row[index] ?? 0) + 1, (next[index - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row.at(-1) ?? 0;
}
