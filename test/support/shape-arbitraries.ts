/** What passes a shape, and what almost does: from the shape itself, so that a new field is tried without being told. */
import fc from 'fast-check';
import { z } from 'zod';

type Schema = {
  type?: string;
  const?: unknown;
  enum?: unknown[];
  anyOf?: Schema[];
  oneOf?: Schema[];
  properties?: Record<string, Schema>;
  required?: string[];
  propertyNames?: Schema;
  additionalProperties?: Schema | boolean;
  items?: Schema | false;
  prefixItems?: Schema[];
  minItems?: number;
  maxItems?: number;
  pattern?: string;
  minLength?: number;
  maxLength?: number;
  minimum?: number;
  maximum?: number;
};

/** Longest text and list of an ordinary value; more is for `oddOf`. */
const usualLength = 40;
const usualItems = 3;

/** Values that the shape lets through. */
export const validOf = <Value>(shape: z.ZodType<Value>): fc.Arbitrary<Value> =>
  ofSchema(z.toJSONSchema(shape, { unrepresentable: 'any' }) as Schema) as fc.Arbitrary<Value>;

function ofSchema(schema: Schema): fc.Arbitrary<unknown> {
  if ('const' in schema) return fc.constant(schema.const);
  if (schema.enum !== undefined) return fc.constantFrom(...schema.enum);
  const options = schema.anyOf ?? schema.oneOf;
  if (options !== undefined) return fc.oneof(...options.map(ofSchema));
  switch (schema.type) {
    case 'object':
      return objectOf(schema);
    case 'array':
      return listOf(schema);
    case 'string':
      return textOf(schema);
    case 'integer':
      return integerOf(schema);
    case 'number':
      return fc.double({ noNaN: true, noDefaultInfinity: true });
    case 'boolean':
      return fc.boolean();
    case 'null':
      return fc.constant(null);
    // The one thing that a message holds and JSON cannot.
    case undefined:
      return fc.uint8Array({ maxLength: usualLength });
    default:
      throw new Error(`no values are known for ${JSON.stringify(schema)}`);
  }
}

function objectOf({ properties, required = [], propertyNames, additionalProperties }: Schema) {
  if (properties === undefined) {
    const [names, values] = [propertyNames ?? { type: 'string' }, additionalProperties as Schema];
    return fc.dictionary(ofSchema(names) as fc.Arbitrary<string>, ofSchema(values), { maxKeys: usualItems });
  }
  const fields = Object.entries(properties).map(([name, schema]) => [name, ofSchema(schema)]);
  return fc.record(Object.fromEntries(fields) as Record<string, fc.Arbitrary<unknown>>, {
    requiredKeys: required,
  });
}

function listOf({ items, prefixItems, minItems = 0, maxItems = usualItems }: Schema) {
  if (prefixItems !== undefined) return fc.tuple(...prefixItems.map(ofSchema));
  const maxLength = Math.max(minItems, Math.min(maxItems, usualItems));
  return fc.array(ofSchema(items as Schema), { minLength: minItems, maxLength });
}

function textOf({ pattern, minLength = 0, maxLength = usualLength }: Schema): fc.Arbitrary<string> {
  if (pattern !== undefined) return fc.stringMatching(new RegExp(pattern));
  return fc.string({
    unit: 'binary',
    minLength,
    maxLength: Math.max(minLength, Math.min(maxLength, usualLength)),
  });
}

/** The ends of the range come often, because that is where it breaks. */
function integerOf({ minimum = Number.MIN_SAFE_INTEGER, maximum = Number.MAX_SAFE_INTEGER }: Schema) {
  const small = { min: minimum, max: Math.min(maximum, minimum + 100) };
  return fc.oneof(
    fc.integer(small),
    fc.constantFrom(minimum, maximum),
    fc.integer({ min: minimum, max: maximum }),
  );
}

/** What programs stumble over: other types, edges of numbers, odd text, and keys that every object has. */
const stumblingStones = [
  null,
  true,
  -1,
  0.5,
  -0,
  2 ** 53,
  1e308,
  '',
  '\u0000',
  '\u001b[2J\u0007',
  '\u202egnp.exe',
  '\ud800',
  'e\u0301',
  '../../etc/passwd',
  'x'.repeat(70_000),
  [],
  [[[[]]]],
  Array(20_000).fill(0),
  {},
  JSON.parse('{"__proto__": {"polluted": true}, "constructor": {"prototype": {"polluted": true}}}') as object,
] as const;

const odd = fc.oneof(fc.constantFrom<unknown>(...stumblingStones), fc.jsonValue({ maxDepth: 2 }));
const strangeKey = fc.oneof(
  fc.constantFrom('__proto__', 'constructor', 'toString', 'hasOwnProperty', '', '\u0000', 'x'.repeat(70_000)),
  fc.string(),
);
const alteration = fc.oneof(
  fc.record({ how: fc.constant('replace' as const), by: odd }),
  fc.record({ how: fc.constant('drop' as const) }),
  fc.record({ how: fc.constant('add' as const), key: strangeKey, by: odd }),
  fc.record({ how: fc.constant('repeat' as const), times: fc.constantFrom(2, 40, 11_000) }),
);
type Alteration = typeof alteration extends fc.Arbitrary<infer Value> ? Value : never;
type Place = readonly (string | number)[];

/** A value of the shape in which one place is something else. */
export const oddOf = (shape: z.ZodType): fc.Arbitrary<unknown> =>
  fc.tuple(validOf(shape), fc.nat(), alteration).map(([value, number, change]) => {
    const places = placesIn(value);
    return alter(value, places[number % places.length] ?? [], change);
  });

/** Every place in a value, itself included. */
function placesIn(value: unknown, here: Place = []): Place[] {
  if (typeof value !== 'object' || value === null) return [here];
  return [here, ...Object.entries(value).flatMap(([key, inner]) => placesIn(inner, [...here, key]))];
}

function alter(value: unknown, [key, ...rest]: Place, change: Alteration): unknown {
  if (key === undefined) return altered(value, change);
  const entries = Object.entries(value as object).flatMap(([name, inner]): [string, unknown][] => {
    if (name !== key) return [[name, inner]];
    return change.how === 'drop' && rest.length === 0 ? [] : [[name, alter(inner, rest, change)]];
  });
  return Array.isArray(value) ? entries.map(([, inner]) => inner) : Object.fromEntries(entries);
}

function altered(value: unknown, change: Alteration): unknown {
  if (change.how === 'drop') return undefined;
  if (change.how === 'replace') return change.by;
  if (change.how === 'repeat') return Array.isArray(value) ? Array(change.times).fill(value).flat() : value;
  // Unlike an assignment, this makes `__proto__` a key like any other.
  return Object.fromEntries([...Object.entries(Object(value)), [change.key, change.by]]);
}
