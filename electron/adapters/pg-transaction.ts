/** A transaction of PostgreSQL on a connection of a pool. */
import type { Pool, PoolClient } from 'pg';

/** Read committed. Throws what `work` or the server throws; then nothing of it counts. */
export async function inTransaction<Value>(
  pool: Pool,
  work: (client: PoolClient) => Promise<Value>,
): Promise<Value> {
  const client = await pool.connect();
  let failure: Error | undefined;
  // It may break between two queries of ours, too.
  client.on('error', ignore);
  try {
    await client.query('BEGIN');
    const value = await work(client);
    await client.query('COMMIT');
    return value;
  } catch (cause) {
    failure = cause as Error;
    throw cause;
  } finally {
    client.off('error', ignore);
    // The server takes back what a connection began that ends.
    client.release(failure);
  }
}

const ignore = (): void => {};
