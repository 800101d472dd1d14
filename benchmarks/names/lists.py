"""Which of Faker's locales are read for what, and lists of our own."""

# The labels of the chain.
O, NAME, ADDRESS, PLACES, ORG = range(5)
LATIN = (
    "en_US en_GB en_AU en_CA en_IE en_IN en_NZ en_PH de_DE de_AT de_CH fr_FR fr_CA fr_CH es_ES es_MX es_AR es_CL es_CO it_IT nl_NL nl_BE "
    "pt_BR pt_PT pl_PL sv_SE da_DK no_NO fi_FI cs_CZ sk_SK sl_SI hr_HR hu_HU ro_RO id_ID tl_PH zu_ZA az_AZ"
).split()
OTHERS = "el_GR ru_RU uk_UA ja_JP zh_CN ko_KR ka_GE hy_AM".split()
HOME = {"en": "en_US en_GB en_AU en_CA en_IE en_IN en_NZ", "de": "de_DE de_AT de_CH", "es": "es_ES es_MX es_AR es_CL es_CO", "fr": "fr_FR fr_CA fr_CH", "it": "it_IT", "nl": "nl_NL nl_BE", "pt": "pt_BR pt_PT", "pl": "pl_PL", "sv": "sv_SE", "ru": "ru_RU", "el": "el_GR"}  # fmt: skip
CITIES = (
    "London|Manchester|Birmingham|Leeds|Glasgow|Liverpool|Bristol|Sheffield|Edinburgh|Cardiff|Belfast|Dublin|Cork|Galway|Berlin|Hamburg|"
    "München|Köln|Frankfurt|Stuttgart|Düsseldorf|Leipzig|Dortmund|Essen|Bremen|Dresden|Hannover|Nürnberg|Bonn|Münster|Karlsruhe|Mannheim|"
    "Augsburg|Kiel|Freiburg|Mainz|Kassel|Wien|Graz|Linz|Salzburg|Innsbruck|Zürich|Genf|Basel|Bern|Lausanne|Paris|Lyon|Marseille|Toulouse|"
    "Nice|Nantes|Strasbourg|Montpellier|Bordeaux|Lille|Rennes|Reims|Grenoble|Dijon|Angers|Brest|Madrid|Barcelona|Valencia|Sevilla|Zaragoza|"
    "Málaga|Murcia|Palma|Bilbao|Alicante|Córdoba|Valladolid|Vigo|Granada|Oviedo|Mallorca|Canarias|Ibiza|Tenerife|Mexico City|Guadalajara|"
    "Monterrey|Bogotá|Medellín|Lima|Santiago|Quito|Roma|Milano|Napoli|Torino|Venezia|Firenze|Bologna|Amsterdam|Rotterdam|Utrecht|Brussels|"
    "Antwerp|Lisbon|Porto|Warsaw|Kraków|Prague|Budapest|Vienna|Munich|Cologne|Rome|Milan|Venice|Florence|Naples|Athens|Stockholm|Oslo|"
    "Copenhagen|Helsinki|New York|Los Angeles|Chicago|Houston|Phoenix|Philadelphia|San Diego|Dallas|Austin|Seattle|Denver|Boston|Portland|"
    "Miami|Atlanta|Orlando|Detroit|Las Vegas|Nashville|Texas|California|Florida|Ohio|Virginia|Georgia|Carolina|Montana|Toronto|Vancouver|"
    "Montreal|Calgary|Ottawa|Sydney|Melbourne|Brisbane|Perth|Adelaide|Auckland|Wellington|Scotland|Wales|England|Bavaria|Bayern|Sachsen|"
    "Hessen|Normandie|Bretagne|Provence|Corsica|Sicily|Andalucía|Cataluña|Galicia|Europe|Europa|Asia|Africa|EU|USA|UK|Greenland"
)
NAMES_ONLY = "en_NG en_KE en_PK en_TH ig_NG yo_NG ha_NG tw_GH sw is_IS et_EE lt_LT lv_LV tr_TR uz_UZ vi_VN ga_IE fr_DZ es_CA fr_BE de_LI de_LU fr_QC".split()
# As these names are written in Latin letters; ours.
ROMAN = {
    "zh": ("Wei Fang Min Jing Lei Yan Na Jun Hui Xin Yu Ling Qiang Ping Hong Tao Ming Chao Xiaoming Xiaohong Jiayi Zihan Haoran Yuxuan Meiling Guang Bo Chen Rui Shan".split(),
           "Wang Li Zhang Liu Chen Yang Huang Zhao Wu Zhou Xu Sun Ma Zhu Hu Guo He Lin Gao Luo Zheng Liang Xie Tang Deng Feng Cao Peng Zeng Xiao Tian Dong Pan Yuan Cai Jiang Yu Du Ye Cheng Wei Su Lu Ding Ren Shen Yao Lu Fu Zhong Tan Wong Chan Lee Cheung Lau Leung Ng Ho Kwok".split()),
    "ko": ("Min-jun Seo-yeon Ji-woo Ha-eun Do-yun Jiho Minseo Yuna Sora Hyun Jin-woo Soo-jin Eun-ji Tae-hyung Ji-min Hye-jin Dong-hyun Young-ho Jae-won Mi-rae".split(),
           "Kim Lee Park Choi Jung Kang Cho Yoon Jang Lim Han Oh Seo Shin Kwon Hwang Ahn Song Yoo Hong".split()),
    "ar": ("Mohammed Muhammad Ahmed Ali Omar Youssef Yusuf Khalid Hassan Hussein Ibrahim Abdullah Abdulrahman Khaled Mustafa Mahmoud Tariq Samir Karim Bilal Fatima Aisha Maryam Mariam Zainab Layla Leila Noor Nour Huda Salma Yasmin Amina Khadija Rania Dalia Hanan Sara Amal Reem Ghada".split(),
           "Al-Sayed Al-Farsi Al-Masri El-Amin Haddad Khoury Nasser Mansour Saleh Hamdan Abbas Aziz Rahman Khalil Najjar Qureshi Siddiqui Ansari Farouk Bakr Sharif Jaber Tahir Zayed Habib Darwish Ben-Youssef Benali Bouzid Cherif".split()),
    "in": ("Aarav Vivaan Aditya Arjun Rohan Rahul Sanjay Vikram Anil Suresh Ramesh Priya Ananya Diya Kavya Pooja Neha Shreya Deepika Sunita Lakshmi Meera Harpreet Gurpreet Jaspreet Manpreet Arun Karthik Venkat Srinivas".split(),
           "Sharma Verma Gupta Patel Shah Mehta Singh Kaur Reddy Rao Iyer Nair Menon Das Mukherjee Banerjee Chatterjee Bose Ghosh Kulkarni Deshpande Joshi Desai Agarwal Jain Kapoor Malhotra Chopra Bhatt Pillai".split()),
    "ru": ("Ivan Dmitri Dmitry Sergei Sergey Alexei Aleksandr Mikhail Nikolai Vladimir Andrei Pavel Yuri Oleg Igor Natalia Tatiana Olga Svetlana Ekaterina Irina Anastasia Ludmila Galina Yelena Ksenia Oksana Oleksandr Volodymyr Mykola".split(),
           "Ivanov Petrov Sidorov Smirnov Kuznetsov Popov Volkov Sokolov Morozov Novikov Ivanova Petrova Smirnova Kuznetsova Popova Volkova Shevchenko Kovalenko Bondarenko Tkachenko Kravchenko Melnyk Boyko".split()),
    "he": ("Noam Eitan Yael Tamar Shira Avi Moshe Yitzhak Rivka Oren Gal Tal Dvora Chaim Shlomo".split(), "Cohen Levi Mizrahi Peretz Biton Friedman Katz Azoulay Shapiro Goldberg Rosenberg Ben-David".split()),
}  # fmt: skip
