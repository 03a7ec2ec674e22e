/** The smallest sample that at least `percent` of all do not exceed (nearest rank). */
export function percentile(samples: readonly number[], percent: number): number {
	const sorted = [...samples].sort((a, b) => a - b);
	const value = sorted[Math.max(Math.ceil((percent / 100) * sorted.length), 1) - 1];
	if (value === undefined) throw new Error('nothing was sampled');
	return value;
}

export const median = (samples: readonly number[]): number => percentile(samples, 50);
