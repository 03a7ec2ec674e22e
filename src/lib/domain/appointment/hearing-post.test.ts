import { describe, expect, it } from 'vitest';
import { hearingPost, type HearingPostInput, type HearingRule } from './hearing-post.ts';

const rule = (
	postId: string,
	jurisdictionId: string,
	rest: { categoryId?: string; level?: number } = {},
): HearingRule => ({ categoryId: null, level: null, postId, jurisdictionId, ...rest });

/** tehsildar -> sdm -> dc -> commissioner -> state; expert -> state. */
const LINE = {
	tehsildar: 'sdm',
	sdm: 'dc',
	dc: 'commissioner',
	commissioner: 'state',
	expert: 'state',
};

function who(
	rules: HearingRule[],
	rest: Partial<HearingPostInput> & { deaf?: string[] } = {},
): string | null {
	const { deaf = [], ...input } = rest;
	const posts = ['tehsildar', 'sdm', 'dc', 'commissioner', 'state', 'expert'].map((id) => ({
		id,
		superiorId: Object.entries(LINE).find(([of]) => of === id)?.[1] ?? null,
		hears: !deaf.includes(id),
	}));
	const choice = hearingPost({
		categoryId: 'land',
		level: 1,
		jurisdictionPath: ['village', 'tehsil', 'district', 'haryana'],
		rules,
		posts: new Map(posts.map((one) => [one.id, one])),
		accusedPostId: null,
		districtHeadId: 'dc',
		...input,
	});
	return choice && `${choice.postId} ${choice.by}`;
}

describe('who hears', () => {
	it('is the district head when no rule says anything', () => {
		expect(who([])).toBe('dc district_head');
		expect(who([rule('sdm', 'elsewhere'), rule('sdm', 'district', { categoryId: 'road' })])).toBe(
			'dc district_head',
		);
	});

	it('follows the rule of the smallest area, whatever wider ones say', () => {
		const wide = rule('expert', 'haryana', { categoryId: 'land', level: 1 });
		expect(who([wide, rule('sdm', 'tehsil')])).toBe('sdm rule');
		expect(who([wide])).toBe('expert rule');
	});

	it('prefers in one area category and level, then category, then level, then any', () => {
		const ranked = [
			rule('tehsildar', 'district', { categoryId: 'land', level: 1 }),
			rule('sdm', 'district', { categoryId: 'land' }),
			rule('expert', 'district', { level: 1 }),
			rule('state', 'district'),
		];
		expect(who([...ranked].reverse())).toBe('tehsildar rule');
		expect(who(ranked.slice(1).reverse())).toBe('sdm rule');
		expect(who(ranked.slice(2).reverse())).toBe('expert rule');
		expect(who(ranked.slice(3))).toBe('state rule');
	});

	it('looks at the level: revenue at level 1 to the SDM, later to the district head', () => {
		const rules = [rule('sdm', 'tehsil', { categoryId: 'land', level: 1 })];
		expect(who(rules)).toBe('sdm rule');
		expect(who(rules, { level: 2 })).toBe('dc district_head');
	});

	it('never is the accused post, nor one below it', () => {
		expect(who([rule('sdm', 'tehsil')], { accusedPostId: 'sdm' })).toBe('dc district_head');
		expect(who([rule('tehsildar', 'tehsil')], { accusedPostId: 'sdm' })).toBe('dc district_head');
		expect(who([rule('sdm', 'tehsil')], { accusedPostId: 'dc' })).toBe('commissioner above');
		expect(who([rule('sdm', 'tehsil')], { accusedPostId: 'tehsildar' })).toBe('sdm rule');
	});

	it('passes over a post that does not hear to the next rule, then to the head, then above', () => {
		const rules = [rule('sdm', 'tehsil'), rule('expert', 'district')];
		expect(who(rules, { deaf: ['sdm'] })).toBe('expert rule');
		expect(who(rules, { deaf: ['sdm', 'expert'] })).toBe('dc district_head');
		expect(who([], { deaf: ['dc', 'commissioner'] })).toBe('state above');
	});

	it('is nobody when nobody is fit, or the district has no head', () => {
		expect(who([], { accusedPostId: 'state' })).toBeNull();
		expect(who([], { districtHeadId: null })).toBeNull();
		expect(who([rule('unknown', 'village')], { districtHeadId: null })).toBeNull();
	});

	it('ends where superiors run in a circle', () => {
		const posts = new Map([
			['dc', { id: 'dc', superiorId: 'state', hears: false }],
			['state', { id: 'state', superiorId: 'dc', hears: false }],
		]);
		expect(who([], { posts })).toBeNull();
	});
});
