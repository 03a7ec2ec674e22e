import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { routeGrievance, type RoutingInput, type RoutingPost } from './routing.ts';

function posts(...list: [id: string, superiorId: string | null, vacant?: 'vacant'][]) {
	return new Map<string, RoutingPost>(
		list.map(([id, superiorId, vacant]) => [id, { id, superiorId, vacant: vacant === 'vacant' }]),
	);
}

const input: RoutingInput = {
	categoryId: 'roads',
	jurisdictionPath: ['ward-2', 'mc-bawal', 'rewari', 'haryana'],
	rules: [
		{ categoryId: 'roads', jurisdictionId: 'mc-bawal', postId: 'secretary' },
		{ categoryId: 'roads', jurisdictionId: 'rewari', postId: 'dmc' },
		{ categoryId: 'water', jurisdictionId: 'ward-2', postId: 'je-water' },
	],
	posts: posts(
		['secretary', 'dmc'],
		['dmc', 'dc'],
		['dc', 'commissioner'],
		['commissioner', null],
		['je-water', 'dc'],
	),
	accusedPostId: null,
};

describe('routeGrievance', () => {
	test('takes the rule of the smallest area that has one, climbing to parents', () => {
		expect(routeGrievance(input)).toEqual({
			postId: 'secretary',
			ruleJurisdictionId: 'mc-bawal',
			climbed: [],
		});
		expect(routeGrievance({ ...input, categoryId: 'water' })).toMatchObject({
			postId: 'je-water',
			ruleJurisdictionId: 'ward-2',
		});
	});

	test('never sends it to the accused office, but to the one above (case A)', () => {
		expect(routeGrievance({ ...input, accusedPostId: 'secretary' })).toEqual({
			postId: 'dmc',
			ruleJurisdictionId: 'mc-bawal',
			climbed: ['accused'],
		});
	});

	test('climbs over a vacant post to the next filled one', () => {
		const withVacancy = posts(
			['secretary', 'dmc'],
			['dmc', 'dc', 'vacant'],
			['dc', 'commissioner'],
			['commissioner', null],
		);
		expect(
			routeGrievance({ ...input, posts: withVacancy, accusedPostId: 'secretary' }),
		).toMatchObject({ postId: 'dc', climbed: ['accused', 'vacant'] });
	});

	test('a circle of superiors ends, and the wider area is tried', () => {
		const circle = posts(
			['secretary', 'clerk', 'vacant'],
			['clerk', 'secretary', 'vacant'],
			['dmc', null],
		);
		expect(routeGrievance({ ...input, posts: circle })).toEqual({
			postId: 'dmc',
			ruleJurisdictionId: 'rewari',
			climbed: ['vacant', 'vacant'],
		});
	});

	test('a rule that names a post no more there passes to the wider area', () => {
		expect(routeGrievance({ ...input, posts: posts(['dmc', null]) })).toMatchObject({
			postId: 'dmc',
			ruleJurisdictionId: 'rewari',
		});
	});

	test('says so when nobody is responsible', () => {
		const nobody = { refusal: 'no_post_for_place' };
		expect(routeGrievance({ ...input, categoryId: 'parks' })).toEqual(nobody);
		expect(routeGrievance({ ...input, jurisdictionPath: ['jodhpur'] })).toEqual(nobody);
		expect(routeGrievance({ ...input, posts: new Map() })).toEqual(nobody);
	});

	test('over any graph of posts it ends, with a filled post that is not accused', () => {
		const ids = ['a', 'b', 'c', 'd', 'e'];
		const anyId = fc.constantFrom(...ids);
		fc.assert(
			fc.property(
				fc.tuple(...ids.map(() => fc.tuple(fc.option(anyId), fc.boolean()))),
				fc.array(fc.tuple(fc.constantFrom(...input.jurisdictionPath), anyId), { maxLength: 4 }),
				fc.option(anyId),
				(graph, rules, accusedPostId) => {
					const all = new Map(
						graph.map(([superiorId, vacant], i) => {
							const id = ids[i] ?? '';
							return [id, { id, superiorId, vacant }] as const;
						}),
					);
					const result = routeGrievance({
						...input,
						posts: all,
						rules: rules.map(([jurisdictionId, postId]) => ({
							categoryId: 'roads',
							jurisdictionId,
							postId,
						})),
						accusedPostId,
					});
					if ('refusal' in result) return;
					expect(all.get(result.postId)?.vacant).toBe(false);
					expect(result.postId).not.toBe(accusedPostId);
				},
			),
		);
	});
});
