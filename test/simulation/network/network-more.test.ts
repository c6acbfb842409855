/** The other half of the seeds of network.test.ts. */
import { seedsOfFile, testSeeds } from './seeds.ts';

testSeeds(seedsOfFile);
