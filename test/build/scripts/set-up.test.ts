import { chmodSync, existsSync, mkdirSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import {
  findNode,
  installFailure,
  isEmptyCheckout,
  majorOf,
  needsInstall,
  projectFolder,
} from '../../../build/scripts/set-up.mjs';
import { temporaryFolder } from '../../support/temporary-folder.ts';

/** A project as npm leaves it: a lockfile, and the record of what was installed by it. */
function installedProject(): string {
  const folder = temporaryFolder();
  writeFileSync(join(folder, 'package.json'), '{}');
  writeFileSync(join(folder, 'package-lock.json'), '{"lockfileVersion":3}');
  mkdirSync(join(folder, 'node_modules'));
  writeFileSync(join(folder, 'node_modules', '.package-lock.json'), '{}');
  return folder;
}

describe('an install is needed', () => {
  test('into an empty checkout', () => {
    const folder = installedProject();
    rmSync(join(folder, 'node_modules'), { recursive: true });
    expect(isEmptyCheckout(folder)).toBe(true);
    expect(needsInstall(folder)).toBe(true);
  });

  test('after an install that broke off', () => {
    const folder = installedProject();
    rmSync(join(folder, 'node_modules', '.package-lock.json'));
    expect(isEmptyCheckout(folder)).toBe(false);
    expect(needsInstall(folder)).toBe(true);
  });

  test('not after npm was run by hand, which is remembered by content', () => {
    const folder = installedProject();
    expect(needsInstall(folder)).toBe(false);
    const later = new Date(Date.now() + 60_000);
    utimesSync(join(folder, 'package-lock.json'), later, later);
    expect(needsInstall(folder)).toBe(false);
  });

  test('when the lockfile is another one now', () => {
    const folder = installedProject();
    expect(needsInstall(folder)).toBe(false);
    writeFileSync(join(folder, 'package-lock.json'), '{"lockfileVersion":3,"packages":{}}');
    expect(needsInstall(folder)).toBe(true);
  });

  test('when npm was run by hand for an older lockfile', () => {
    const folder = installedProject();
    const later = new Date(Date.now() + 60_000);
    utimesSync(join(folder, 'package-lock.json'), later, later);
    expect(needsInstall(folder)).toBe(true);
  });

  test('when the packages were made on another kind of machine', () => {
    const folder = installedProject();
    needsInstall(folder);
    const stamp = join(folder, 'node_modules', '.skein-set-up');
    writeFileSync(stamp, readFileSync(stamp, 'utf8').replace(process.platform, 'plan9'));
    expect(needsInstall(folder)).toBe(true);
  });
});

describe('a failed install', () => {
  test('without a network says so, and what to do', () => {
    const text = installFailure({
      status: 1,
      stderr: 'npm error code ENOTFOUND\nnpm error network request to …',
    });
    expect(text).toMatch(/registry cannot be reached \(ENOTFOUND\).*Connect to the network/);
    expect(text).not.toContain('\n');
  });

  test('on a full disk says so', () => {
    expect(installFailure({ status: 1, stderr: 'npm error code ENOSPC' })).toContain('the disk is full');
  });

  test('without npm says where to get it', () => {
    const text = installFailure({ status: null, error: new Error('spawn npm ENOENT') });
    expect(text).toContain('https://nodejs.org');
  });

  test('of any other kind shows what npm said', () => {
    expect(installFailure({ status: 1, stderr: 'npm error odd' })).toContain('npm error odd');
  });
});

describe('the Node for Skein', () => {
  test('is one that runs, and new enough', () => {
    const node = findNode(projectFolder);
    expect(existsSync(node)).toBe(true);
  });

  test.skipIf(process.platform === 'win32')(
    'is this one when the packaged one does not run, as on Alpine (skipped on Windows, which has no #! lines)',
    () => {
      const folder = installedProject();
      const home = join(folder, 'node_modules', `node-${process.platform}-${process.arch}`);
      mkdirSync(join(home, 'bin'), { recursive: true });
      writeFileSync(join(home, 'package.json'), '{}');
      writeFileSync(join(home, 'bin', 'node'), '#!/nowhere/interpreter\n');
      chmodSync(join(home, 'bin', 'node'), 0o755);
      expect(findNode(folder)).toBe(process.execPath);
      writeFileSync(join(home, 'bin', 'node'), '#!/bin/sh\necho v24.99.0\n');
      expect(findNode(folder)).toBe(join(home, 'bin', 'node'));
      writeFileSync(join(home, 'bin', 'node'), '#!/bin/sh\necho v22.1.0\n');
      expect(findNode(folder)).toBe(process.execPath);
    },
  );

  test('has a version', () => {
    expect(majorOf('v24.21.0')).toBe(24);
    expect(majorOf('24.21.0\n')).toBe(24);
    expect(majorOf('')).toBe(0);
  });
});

test.each(['set-up.mjs', 'run-with-node.mjs', 'with-node.mjs', 'start.mjs', 'test.mjs', 'verify.mjs'])(
  '%s loads nothing but Node itself and its neighbours, so that it runs before an install',
  (name) => {
    const text = readFileSync(join(projectFolder, 'build', 'scripts', name), 'utf8');
    const imports = [...text.matchAll(/from '([^']+)'/g)].map(([, from = '']) => from);
    expect(imports.filter((from) => !from.startsWith('node:') && !/^\.\/[a-z-]+\.mjs$/.test(from))).toEqual(
      [],
    );
  },
);
