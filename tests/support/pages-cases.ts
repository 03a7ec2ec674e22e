/**
 * The two cases of the story, told by invented people: what happened in Bawal and in Khurshidnagar.
 * Keys name rows of the demonstration's data.
 */
export interface StoryCase {
	category: string;
	area: 'urban' | 'rural';
	district: string;
	/** What is typed to find the place. */
	search: string;
	place: string;
	placeNote: string;
	details: string;
	relief: string;
	/** The post complained of. */
	against: string | null;
	name: string;
}

export const CASE_A: StoryCase = {
	category: 'road_urban',
	area: 'urban',
	district: 'district:rewari',
	search: 'बावल वार्ड 2',
	place: 'ward:bawal:2',
	placeNote: 'शिव मंदिर वाली गली',
	details:
		'हमारी गली में इंटरलॉकिंग टाइल का काम चल रहा है। मोहल्ले के लोग सीसी रोड चाहते हैं, पर नगरपालिका सचिव तैयार नहीं हैं।',
	relief: 'टाइल की जगह सीसी रोड बनाई जाए।',
	against: 'secretary-bawal',
	name: 'रामकुमारी सैनी',
};

export const CASE_B: StoryCase = {
	category: 'drain_village',
	area: 'rural',
	district: 'district:rewari',
	search: 'खुर्शीदनगर',
	place: 'village:khurshidnagar',
	placeNote: '',
	details: 'गाँव में पानी की निकासी का कोई प्रबंध नहीं है। गली में पानी खड़ा रहता है।',
	relief: 'पंचायत विभाग नाली बनवाए।',
	against: null,
	name: 'सुभाष यादव',
};

/** What is decided and answered in the story, in the words of the officers. */
export const ORDERS = {
	report: 'टाइल की जगह सीसी रोड बनाने के बारे में अपनी रिपोर्ट दें।',
	answer: 'वार्ड 2 की गली का निरीक्षण किया गया। सीसी रोड का प्रस्ताव तकनीकी स्वीकृति के लिए भेजा गया है।',
	action: 'खुर्शीदनगर में पानी की निकासी के लिए नाली का काम तुरंत शुरू कराएँ।',
} as const;
